using Orchestrator.Linux;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Containers;

/// <summary>Changes a container's limits, also while it runs, and opens its log file anew.</summary>
internal sealed class ContainerUpdate(RuntimeContext context)
{
    public async Task ResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken)
    {
        var container = context.RequireContainer(containerId);
        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            if (container.Outcome.State == ContainerState.Running)
                context.CgroupOf(container).Apply(RuntimeContext.ToLimits(resources));
            var config = container.Document.Config;
            container.Document = container.Document with { Config = config with { Resources = Merge(config.Resources, resources) } };
            RuntimeContext.Save(container);
        }
        catch (LinuxException exception)
        {
            throw new RuntimeException(RuntimeError.Internal, $"failed to update resources: {exception.Message}", exception);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    public async Task ReopenLogAsync(string containerId, CancellationToken cancellationToken)
    {
        var container = context.RequireContainer(containerId);
        if (container.Outcome.State != ContainerState.Running)
            throw new RuntimeException(RuntimeError.FailedPrecondition, $"container {containerId} is not running");
        await container.Sandbox.RequireShim().ReopenLogAsync(containerId, cancellationToken);
    }

    // What an update leaves at 0 stays as it was.
    private static LinuxResources Merge(LinuxResources old, LinuxResources update) => new()
    {
        CpuPeriodMicroseconds = update.CpuPeriodMicroseconds != 0 ? update.CpuPeriodMicroseconds : old.CpuPeriodMicroseconds,
        CpuQuotaMicroseconds = update.CpuQuotaMicroseconds != 0 ? update.CpuQuotaMicroseconds : old.CpuQuotaMicroseconds,
        CpuShares = update.CpuShares != 0 ? update.CpuShares : old.CpuShares,
        MemoryLimitBytes = update.MemoryLimitBytes != 0 ? update.MemoryLimitBytes : old.MemoryLimitBytes,
        OomScoreAdj = update.OomScoreAdj != 0 ? update.OomScoreAdj : old.OomScoreAdj,
        PidsLimit = update.PidsLimit != 0 ? update.PidsLimit : old.PidsLimit,
        CpusetCpus = string.IsNullOrEmpty(update.CpusetCpus) ? old.CpusetCpus : update.CpusetCpus,
    };
}
