using System.Net;

namespace Orchestrator.Runtime.Cri;

public sealed record RuntimeVersion(string Name, string Version, string ApiVersion);

public sealed record RuntimeStatus(bool RuntimeReady, string RuntimeMessage, bool NetworkReady, string NetworkMessage);

/// <summary>Who a sandbox belongs to. Labels carry the rest.</summary>
public sealed record PodSandboxMetadata(string Name, string Namespace, string Uid, int Attempt);

public enum NamespaceMode { Pod, Container, Node, Target }

/// <summary>Which namespaces the pod shares with the node or between its containers.</summary>
public sealed record NamespaceOptions(
    NamespaceMode Network = NamespaceMode.Pod, NamespaceMode Pid = NamespaceMode.Container, NamespaceMode Ipc = NamespaceMode.Pod,
    string? TargetContainerId = null, bool UserNamespace = false);

public sealed record DnsConfig(IReadOnlyList<string> Servers, IReadOnlyList<string> Searches, IReadOnlyList<string> Options);

public sealed record PortMapping(string Protocol, int ContainerPort, int HostPort, string? HostIp = null);

public sealed record PodSandboxConfig
{
    public required PodSandboxMetadata Metadata { get; init; }
    public string? Hostname { get; init; }

    /// <summary>Directory under which container log paths are relative.</summary>
    public string? LogDirectory { get; init; }

    public DnsConfig? Dns { get; init; }
    public IReadOnlyList<PortMapping> PortMappings { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Cgroup of the pod, relative to the hierarchy's root, e.g. "/orc-lab/node1/kubepods/burstable/podUID". Made if absent.</summary>
    public required string CgroupParent { get; init; }

    /// <summary>Limits of the pod as a whole.</summary>
    public LinuxResources? Resources { get; init; }

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();
    public NamespaceOptions Namespaces { get; init; } = new();
    public string RuntimeHandler { get; init; } = "";
}

/// <summary>Limits in the kernel's units.</summary>
public sealed record LinuxResources
{
    public long CpuPeriodMicroseconds { get; init; }
    public long CpuQuotaMicroseconds { get; init; }
    public long CpuShares { get; init; }
    public long MemoryLimitBytes { get; init; }
    public long OomScoreAdj { get; init; }
    public long PidsLimit { get; init; }
    public string? CpusetCpus { get; init; }
}

public sealed record Mount(
    string HostPath, string ContainerPath, bool ReadOnly = false, MountPropagation Propagation = MountPropagation.Private, bool RecursiveReadOnly = false);

public enum MountPropagation { Private, HostToContainer, Bidirectional }

public sealed record Device(string HostPath, string ContainerPath, string Permissions);

public sealed record ContainerMetadata(string Name, int Attempt);

public sealed record ContainerConfig
{
    public required ContainerMetadata Metadata { get; init; }

    /// <summary>The image id, as returned by the image service.</summary>
    public required string Image { get; init; }

    /// <summary>What the user wrote (kept for status).</summary>
    public string UserSpecifiedImage { get; init; } = "";

    /// <summary>Replaces the image's entrypoint when not empty.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Replaces the image's command when not empty (or when <see cref="Command"/> is given).</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    public string? WorkingDirectory { get; init; }
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];
    public IReadOnlyList<Mount> Mounts { get; init; } = [];
    public IReadOnlyList<Device> Devices { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Relative to the sandbox's log directory.</summary>
    public required string LogPath { get; init; }

    public bool Stdin { get; init; }
    public bool StdinOnce { get; init; }
    public bool Tty { get; init; }
    public LinuxResources Resources { get; init; } = new();
    public ContainerSecurity Security { get; init; } = new();

    /// <summary>Overrides the image's stop signal, e.g. "SIGUSR1".</summary>
    public string? StopSignal { get; init; }
}

public enum SeccompProfileType { RuntimeDefault, Unconfined, Localhost }

public sealed record ContainerSecurity
{
    public bool Privileged { get; init; }
    public NamespaceOptions Namespaces { get; init; } = new();
    public IReadOnlyList<string> AddCapabilities { get; init; } = [];
    public IReadOnlyList<string> DropCapabilities { get; init; } = [];
    public long? RunAsUser { get; init; }
    public long? RunAsGroup { get; init; }

    /// <summary>A user name, when the user is not given by number.</summary>
    public string? RunAsUserName { get; init; }

    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];

    /// <summary>Whether groups of the image's /etc/group are added (SupplementalGroupsPolicy Merge).</summary>
    public bool MergeImageGroups { get; init; } = true;

    public bool ReadOnlyRootFilesystem { get; init; }
    public bool NoNewPrivileges { get; init; }

    /// <summary>Null means the runtime's default list.</summary>
    public IReadOnlyList<string>? MaskedPaths { get; init; }

    /// <summary>Null means the runtime's default list.</summary>
    public IReadOnlyList<string>? ReadOnlyPaths { get; init; }

    public SeccompProfileType Seccomp { get; init; } = SeccompProfileType.RuntimeDefault;
    public string? SeccompLocalhostProfile { get; init; }
}

public enum PodSandboxState { Ready, NotReady }

public sealed record PodSandboxStatus
{
    public required string Id { get; init; }
    public required PodSandboxMetadata Metadata { get; init; }
    public required PodSandboxState State { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Path of the pod's network namespace (host network: empty).</summary>
    public string NetworkNamespacePath { get; init; } = "";
}

/// <summary>The numbers are the CRI's.</summary>
public enum ContainerState { Created = 0, Running = 1, Exited = 2, Unknown = 3 }

public sealed record ContainerStatus
{
    public required string Id { get; init; }
    public required string SandboxId { get; init; }
    public required ContainerMetadata Metadata { get; init; }
    public required ContainerState State { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int ExitCode { get; init; }

    /// <summary>"Completed", "Error", "OOMKilled", "StartError" or "ContainerCannotRun".</summary>
    public string Reason { get; init; } = "";

    public string Message { get; init; } = "";

    /// <summary>As the user wrote it.</summary>
    public string Image { get; init; } = "";

    public string ImageId { get; init; } = "";
    public string ImageRef { get; init; } = "";
    public string LogPath { get; init; } = "";
    public int Pid { get; init; }

    /// <summary>The credentials the first process was started with.</summary>
    public ContainerUser? User { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}

public sealed record ContainerUser(long Uid, long Gid, IReadOnlyList<long> SupplementalGroups);

public sealed record ExecSyncResult(int ExitCode, byte[] Stdout, byte[] Stderr, bool TimedOut = false);

public sealed record ExecRequest(string ContainerId, IReadOnlyList<string> Command, bool Stdin, bool Stdout, bool Stderr, bool Tty);

public sealed record AttachRequest(string ContainerId, bool Stdin, bool Stdout, bool Stderr);

/// <summary>The streams of a running process. Disposing gives up the streams; an exec'd process is then killed, an attached one goes on.</summary>
public interface IProcessStreams : IAsyncDisposable
{
    /// <summary>Null unless asked for. Closing it closes the process's stdin.</summary>
    Stream? Stdin { get; }

    Stream? Stdout { get; }

    /// <summary>Null with a terminal, whose output is all on <see cref="Stdout"/>.</summary>
    Stream? Stderr { get; }

    Task ResizeAsync(int columns, int rows, CancellationToken cancellationToken);

    /// <summary>The exit code (128+N when ended by signal N).</summary>
    Task<int> WaitAsync(CancellationToken cancellationToken);
}

public sealed record ContainerStats(
    string Id, DateTimeOffset At, long CpuUsageNanoseconds, long MemoryUsageBytes, long MemoryWorkingSetBytes, long MemoryRssBytes,
    long PageFaults, long MajorPageFaults, long WritableLayerUsedBytes, long WritableLayerInodes, int Pids);

public sealed record PodSandboxStats(
    string Id, DateTimeOffset At, long CpuUsageNanoseconds, long MemoryUsageBytes, long MemoryWorkingSetBytes, long MemoryRssBytes, int Pids,
    long NetworkReceivedBytes, long NetworkReceiveErrors, long NetworkSentBytes, long NetworkSendErrors,
    IReadOnlyList<ContainerStats> Containers);

public enum ContainerEventType { Created, Started, Exited, Deleted }

public sealed record ContainerEvent(ContainerEventType Type, string PodUid, string SandboxId, string ContainerId, DateTimeOffset At);

public sealed record ImageRecord
{
    /// <summary>"sha256:…" of the configuration.</summary>
    public required string Id { get; init; }

    public IReadOnlyList<string> RepoTags { get; init; } = [];
    public IReadOnlyList<string> RepoDigests { get; init; } = [];
    public long SizeBytes { get; init; }

    /// <summary>The numeric user of the configuration, when it is a number.</summary>
    public long? Uid { get; init; }

    /// <summary>The user name of the configuration, when it is not a number.</summary>
    public string Username { get; init; } = "";
}

public sealed record RegistryAuth(string Username, string Password, string? IdentityToken = null, string? RegistryToken = null);

public sealed record FilesystemUsage(string Mountpoint, long UsedBytes, long InodesUsed);

/// <summary>What went wrong, in terms the kubelet can act on.</summary>
public enum RuntimeError { NotFound, AlreadyExists, InvalidArgument, FailedPrecondition, Unauthorized, Unavailable, DeadlineExceeded, StartFailed, Internal }

/// <summary>A failure of the runtime, with a message a pod's owner can read.</summary>
public sealed class RuntimeException(RuntimeError error, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public RuntimeError Error { get; } = error;
}
