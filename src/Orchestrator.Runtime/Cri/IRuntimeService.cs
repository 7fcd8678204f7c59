namespace Orchestrator.Runtime.Cri;

/// <summary>
/// The node's container runtime, verb by verb as in the Kubernetes Container Runtime Interface (CRI, runtime.v1). The kubelet
/// knows only this and <see cref="IImageService"/>. All verbs are idempotent where the CRI says so (stop and remove of
/// something absent succeed). Failures are <see cref="RuntimeException"/>. Members may be called concurrently; calls on one
/// sandbox or container are serialised by the runtime.
/// </summary>
public interface IRuntimeService
{
    Task<RuntimeVersion> VersionAsync(CancellationToken cancellationToken);

    Task<RuntimeStatus> StatusAsync(CancellationToken cancellationToken);

    /// <summary>Creates and starts the pod's sandbox: shim, namespaces, cgroup, network. Nothing stays behind on failure.</summary>
    /// <returns>The sandbox id.</returns>
    Task<string> RunPodSandboxAsync(PodSandboxConfig config, CancellationToken cancellationToken);

    /// <summary>Kills what still runs in the sandbox and gives back its network. The record stays until removed.</summary>
    Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellationToken);

    Task<PodSandboxStatus?> PodSandboxStatusAsync(string sandboxId, CancellationToken cancellationToken);

    Task<IReadOnlyList<PodSandboxStatus>> ListPodSandboxesAsync(string? podUid, CancellationToken cancellationToken);

    /// <summary>Prepares the root filesystem and the OCI spec; does not start anything.</summary>
    /// <returns>The container id.</returns>
    Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, CancellationToken cancellationToken);

    /// <exception cref="RuntimeException">With the failing step and errno when the process cannot be started.</exception>
    Task StartContainerAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Sends the stop signal (image's, else SIGTERM), then SIGKILL after <paramref name="grace"/>. Returns when it has exited.</summary>
    Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken);

    Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken);

    Task<ContainerStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellationToken);

    Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(string? sandboxId, CancellationToken cancellationToken);

    Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken);

    /// <summary>The log file was rotated: open it again.</summary>
    Task ReopenContainerLogAsync(string containerId, CancellationToken cancellationToken);

    /// <summary>Runs a command in a container and collects its output (each stream capped at 16 MiB).</summary>
    Task<ExecSyncResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken);

    /// <summary>Runs a command in a container with its streams attached to the caller.</summary>
    Task<IProcessStreams> ExecAsync(ExecRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// Attaches to the container's first process. Our own runtime allows it before the start too; then the streams carry all output,
    /// and the container waits for its reader if it is stdinOnce.
    /// </summary>
    Task<IProcessStreams> AttachAsync(AttachRequest request, CancellationToken cancellationToken);

    /// <summary>Opens a TCP connection to a port inside the sandbox's network namespace, on its loopback.</summary>
    Task<Stream> PortForwardAsync(string sandboxId, int port, CancellationToken cancellationToken);

    Task<ContainerStats?> ContainerStatsAsync(string containerId, CancellationToken cancellationToken);

    Task<PodSandboxStats?> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellationToken);

    /// <summary>
    /// State changes as they happen (created, started, exited, deleted), from the time of the call. Loss is possible across a
    /// crash; a reader starts with a list.
    /// </summary>
    IAsyncEnumerable<ContainerEvent> WatchEventsAsync(CancellationToken cancellationToken);
}

/// <summary>The node's images, as in the CRI.</summary>
public interface IImageService
{
    Task<IReadOnlyList<ImageRecord>> ListImagesAsync(CancellationToken cancellationToken);

    /// <summary>Finds an image by reference ("nginx", "docker.io/library/nginx:1", "repo@sha256:…") or by id; null if absent.</summary>
    Task<ImageRecord?> ImageStatusAsync(string image, CancellationToken cancellationToken);

    /// <summary>Fetches an image from its registry. Concurrent pulls of one image share the work.</summary>
    /// <returns>The image id (digest of its configuration).</returns>
    /// <exception cref="RuntimeException"><see cref="RuntimeError.NotFound"/>, <see cref="RuntimeError.Unauthorized"/> or <see cref="RuntimeError.Unavailable"/>.</exception>
    Task<string> PullImageAsync(string image, RegistryAuth? auth, CancellationToken cancellationToken);

    Task RemoveImageAsync(string image, CancellationToken cancellationToken);

    Task<FilesystemUsage> ImageFilesystemUsageAsync(CancellationToken cancellationToken);
}
