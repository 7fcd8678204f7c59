using System.Reflection;
using Microsoft.Extensions.Logging;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;
using Orchestrator.Runtime.Snapshots;

namespace Orchestrator.Runtime;

/// <summary>
/// The built-in runtime of a node: one native shim per pod, containers from overlay snapshots. Disposing it ends nothing that
/// runs; the next runtime on the same directories takes everything over. Each verb has a file of its own.
/// </summary>
public sealed class ContainerRuntime : IRuntimeService, IDisposable
{
    private readonly RuntimeContext context;
    private readonly RuntimeRecovery recovery;
    private readonly SandboxRun sandboxRun;
    private readonly SandboxStop sandboxStop;
    private readonly SandboxRemove sandboxRemove;
    private readonly ContainerCreate containerCreate;
    private readonly ContainerStart containerStart;
    private readonly ContainerStop containerStop;
    private readonly ContainerRemove containerRemove;
    private readonly ContainerExec containerExec;
    private readonly ContainerUpdate containerUpdate;
    private readonly PortForward portForward;
    private readonly StatisticsReader statistics;

    private ContainerRuntime(RuntimeContext context, ILogger logger)
    {
        this.context = context;
        var supervisor = new ShimSupervisor(context, logger);
        recovery = new RuntimeRecovery(context, supervisor, logger);
        containerCreate = new ContainerCreate(context);
        containerStart = new ContainerStart(context);
        containerStop = new ContainerStop(context);
        containerRemove = new ContainerRemove(context, containerStop);
        containerExec = new ContainerExec(context);
        containerUpdate = new ContainerUpdate(context);
        sandboxStop = new SandboxStop(context, supervisor);
        sandboxRemove = new SandboxRemove(context, sandboxStop, containerRemove);
        sandboxRun = new SandboxRun(context, supervisor, sandboxRemove);
        portForward = new PortForward(context);
        statistics = new StatisticsReader(context);
    }

    /// <summary>Opens the runtime and takes over what an earlier one left running.</summary>
    /// <param name="random">Makes ids; must not repeat those of other runtimes on the machine.</param>
    public static async Task<ContainerRuntime> OpenAsync(
        RuntimeOptions options, IImageFilesystem images, IPodNetwork network, TimeProvider time, Random random,
        ILogger<ContainerRuntime> logger, CancellationToken cancellationToken)
    {
        var context = new RuntimeContext(options, images, network, new CgroupManager(CgroupLayout.Detect()), time, random);
        var runtime = new ContainerRuntime(context, logger);
        await runtime.recovery.RunAsync(cancellationToken);
        return runtime;
    }

    public Task<RuntimeVersion> VersionAsync(CancellationToken cancellationToken)
    {
        var version = typeof(ContainerRuntime).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
        return Task.FromResult(new RuntimeVersion("orc", version.Split('+')[0], "v1"));
    }

    public Task<RuntimeStatus> StatusAsync(CancellationToken cancellationToken)
    {
        var hasShim = File.Exists(context.Options.ShimPath);
        var network = context.Network.Status;
        return Task.FromResult(new RuntimeStatus(
            hasShim, hasShim ? "" : $"the shim program {context.Options.ShimPath} is missing", network.Ready, network.Message));
    }

    public Task<string> RunPodSandboxAsync(PodSandboxConfig config, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(sandboxRun.RunAsync(config, cancellationToken));

    public Task StopPodSandboxAsync(string sandboxId, CancellationToken cancellationToken) => RuntimeErrors.Explain(sandboxStop.RunAsync(sandboxId, cancellationToken));

    public Task RemovePodSandboxAsync(string sandboxId, CancellationToken cancellationToken) => RuntimeErrors.Explain(sandboxRemove.RunAsync(sandboxId, cancellationToken));

    public Task<PodSandboxStatus?> PodSandboxStatusAsync(string sandboxId, CancellationToken cancellationToken) =>
        Task.FromResult(context.Sandboxes.TryGetValue(sandboxId, out var sandbox) ? sandbox.ToStatus() : null);

    public Task<IReadOnlyList<PodSandboxStatus>> ListPodSandboxesAsync(string? podUid, CancellationToken cancellationToken)
    {
        var statuses = new List<PodSandboxStatus>();
        foreach (var sandbox in context.Sandboxes.Values)
        {
            if (podUid is null || sandbox.Config.Metadata.Uid == podUid)
                statuses.Add(sandbox.ToStatus());
        }

        return Task.FromResult<IReadOnlyList<PodSandboxStatus>>(statuses);
    }

    public Task<string> CreateContainerAsync(string sandboxId, ContainerConfig config, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerCreate.RunAsync(sandboxId, config, cancellationToken));

    public Task StartContainerAsync(string containerId, CancellationToken cancellationToken) => RuntimeErrors.Explain(containerStart.RunAsync(containerId, cancellationToken));

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerStop.RunAsync(containerId, grace, cancellationToken));

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken) => RuntimeErrors.Explain(containerRemove.RunAsync(containerId, cancellationToken));

    public Task<ContainerStatus?> ContainerStatusAsync(string containerId, CancellationToken cancellationToken) =>
        Task.FromResult(context.Containers.TryGetValue(containerId, out var container) ? container.ToStatus() : null);

    public Task<IReadOnlyList<ContainerStatus>> ListContainersAsync(string? sandboxId, CancellationToken cancellationToken)
    {
        var statuses = new List<ContainerStatus>();
        foreach (var container in context.Containers.Values)
        {
            if (sandboxId is null || container.Sandbox.Id == sandboxId)
                statuses.Add(container.ToStatus());
        }

        return Task.FromResult<IReadOnlyList<ContainerStatus>>(statuses);
    }

    public Task UpdateContainerResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerUpdate.ResourcesAsync(containerId, resources, cancellationToken));

    public Task ReopenContainerLogAsync(string containerId, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerUpdate.ReopenLogAsync(containerId, cancellationToken));

    public Task<ExecSyncResult> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerExec.ExecSyncAsync(containerId, command, timeout, cancellationToken));

    public Task<IProcessStreams> ExecAsync(ExecRequest request, CancellationToken cancellationToken) => RuntimeErrors.Explain(containerExec.ExecAsync(request, cancellationToken));

    public Task<IProcessStreams> AttachAsync(AttachRequest request, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(containerExec.AttachAsync(request, cancellationToken));

    public Task<Stream> PortForwardAsync(string sandboxId, int port, CancellationToken cancellationToken) =>
        RuntimeErrors.Explain(portForward.OpenAsync(sandboxId, port, cancellationToken));

    public Task<ContainerStats?> ContainerStatsAsync(string containerId, CancellationToken cancellationToken) =>
        Task.FromResult(context.Containers.TryGetValue(containerId, out var container) ? statistics.ReadContainer(container, cancellationToken) : null);

    public Task<PodSandboxStats?> PodSandboxStatsAsync(string sandboxId, CancellationToken cancellationToken) =>
        Task.FromResult(context.Sandboxes.TryGetValue(sandboxId, out var sandbox) ? statistics.ReadSandbox(sandbox, cancellationToken) : null);

    public IAsyncEnumerable<ContainerEvent> WatchEventsAsync(CancellationToken cancellationToken) => context.Events.Watch(cancellationToken);

    /// <summary>Lets go of the shims; sandboxes and containers go on.</summary>
    public void Dispose()
    {
        foreach (var sandbox in context.Sandboxes.Values)
            sandbox.Shim?.Dispose();
    }
}
