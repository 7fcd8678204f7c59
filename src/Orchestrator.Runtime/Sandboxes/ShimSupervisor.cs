using Microsoft.Extensions.Logging;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Shim;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Connects records to their shims and moves them on by what shims tell, or by their silence.</summary>
internal sealed partial class ShimSupervisor(RuntimeContext context, ILogger logger)
{
    /// <summary>Connects to a sandbox's shim and takes over what it runs.</summary>
    public async Task ConnectAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        var (client, hello) = await ShimClient.ConnectAsync(sandbox.Directory, report => Apply(sandbox, report), cancellationToken);
        sandbox.ShimProcessId = hello.ProcessId;
        sandbox.Shim = client;
        foreach (var report in hello.Containers)
            Apply(sandbox, report);
        _ = WatchAsync(sandbox, client);
    }

    /// <summary>Marks containers of a sandbox without shim as ended, and kills what is left of them.</summary>
    public void MarkLost(SandboxRecord sandbox)
    {
        foreach (var container in sandbox.Containers.Values)
        {
            var wasRunning = container.Outcome.State == ContainerState.Running;
            if (wasRunning && container.Advance(container.Outcome.Lost(context.Time.GetUtcNow())))
            {
                LogContainerLost(container.Id, sandbox.Id);
                context.CgroupOf(container).Kill();
                context.Events.Publish(ContainerEventType.Exited, sandbox, container.Id);
            }
        }
    }

    private void Apply(SandboxRecord sandbox, ContainerReport report)
    {
        if (!sandbox.Containers.TryGetValue(report.Id, out var container))
            return;
        var outcome = ContainerOutcome.From(report);
        if (container.Advance(outcome) && outcome.State == ContainerState.Exited)
            context.Events.Publish(ContainerEventType.Exited, sandbox, container.Id);
    }

    private async Task WatchAsync(SandboxRecord sandbox, ShimClient client)
    {
        await client.Closed;
        if (client.IsDisposed)
            return;
        sandbox.Shim = null;
        ChildProcess.TryReap(sandbox.ShimProcessId);
        if (!sandbox.IsStopped)
            LogShimLost(sandbox.Id, sandbox.ShimProcessId);
        MarkLost(sandbox);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The shim of sandbox {SandboxId}, process {ProcessId}, has ended")]
    private partial void LogShimLost(string sandboxId, int processId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Container {Container} of sandbox {SandboxId} was lost with its shim")]
    private partial void LogContainerLost(string container, string sandboxId);
}
