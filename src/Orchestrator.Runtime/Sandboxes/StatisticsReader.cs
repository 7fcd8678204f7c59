using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Procfs;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Reads use from cgroups, /proc and the writable layers.</summary>
internal sealed class StatisticsReader(RuntimeContext context)
{
    private const string PodInterface = "eth0";

    public ContainerStats? ReadContainer(ContainerRecord container, CancellationToken cancellationToken)
    {
        if (container.Outcome.State != ContainerState.Running || context.CgroupOf(container).ReadStatistics() is not { } use)
            return null;
        var layer = DiskUsage.Of(Bundles.ContainerFiles.Upper(container.WritableDirectory), cancellationToken);
        return new ContainerStats(
            container.Id, context.Time.GetUtcNow(), use.CpuUsageNanoseconds, use.MemoryUsageBytes, use.MemoryWorkingSetBytes,
            use.MemoryRssBytes, use.PageFaults, use.MajorPageFaults, layer.UsedBytes, layer.InodesUsed, use.Pids);
    }

    public PodSandboxStats? ReadSandbox(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        if (sandbox.Shim is null || context.Cgroups.Open(sandbox.Config.CgroupParent).ReadStatistics() is not { } use)
            return null;
        var containers = sandbox.Containers.Values.Select(container => ReadContainer(container, cancellationToken)).OfType<ContainerStats>().ToArray();
        var link = ReadLink(sandbox.ShimProcessId);
        return new PodSandboxStats(
            sandbox.Id, context.Time.GetUtcNow(), use.CpuUsageNanoseconds, use.MemoryUsageBytes, use.MemoryWorkingSetBytes, use.MemoryRssBytes,
            use.Pids, link.ReceivedBytes, link.ReceiveErrors, link.SentBytes, link.SendErrors, containers);
    }

    private static NetworkCounters ReadLink(int processId)
    {
        var text = Encoding.ASCII.GetString(FileCalls.TryReadAll($"/proc/{processId}/net/dev") ?? []);
        return NetworkCounters.Parse(text).GetValueOrDefault(PodInterface);
    }
}
