using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodeResources;

/// <summary>What the pod asks for must be free on the node; nodes with more left are better (LeastAllocated).</summary>
internal sealed class NodeResourcesFitPlugin : IFilterPlugin, IScorePlugin
{
    public string Name => "NodeResourcesFit";

    public int Weight => 1;

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node)
    {
        var wanted = cycle.Pod.Requests;
        if (node.Pods.Length + 1 > node.AllowedPods)
            return Verdict.Reject("Too many pods");
        if (Lacks(wanted.MilliCpu, node.Allocatable.MilliCpu, node.Requested.MilliCpu))
            return Insufficient("cpu", wanted.MilliCpu > node.Allocatable.MilliCpu);
        if (Lacks(wanted.MemoryBytes, node.Allocatable.MemoryBytes, node.Requested.MemoryBytes))
            return Insufficient("memory", wanted.MemoryBytes > node.Allocatable.MemoryBytes);
        if (Lacks(wanted.EphemeralStorageBytes, node.Allocatable.EphemeralStorageBytes, node.Requested.EphemeralStorageBytes))
            return Insufficient("ephemeral-storage", wanted.EphemeralStorageBytes > node.Allocatable.EphemeralStorageBytes);
        return wanted.Extended is null ? Verdict.Pass : FilterExtended(wanted.Extended, node);
    }

    public long Score(SchedulingCycle cycle, NodeInfo node) =>
        (FreeShare(node.RatedMilliCpu + cycle.Pod.RatedMilliCpu, node.Allocatable.MilliCpu)
            + FreeShare(node.RatedMemoryBytes + cycle.Pod.RatedMemoryBytes, node.Allocatable.MemoryBytes)) / 2;

    private static Verdict FilterExtended(IReadOnlyDictionary<string, long> wanted, NodeInfo node)
    {
        foreach (var (name, amount) in wanted)
        {
            var allocatable = node.Allocatable.Extended?.GetValueOrDefault(name) ?? 0;
            if (Lacks(amount, allocatable, node.Requested.Extended?.GetValueOrDefault(name) ?? 0))
                return Insufficient(name, amount > allocatable);
        }

        return Verdict.Pass;
    }

    // A pod that asks for none of a resource fits even where it is overcommitted.
    private static bool Lacks(long wanted, long allocatable, long requested) => wanted > 0 && wanted > allocatable - requested;

    private static Verdict Insufficient(string resource, bool neverFits) => new($"Insufficient {resource}", neverFits);

    private static long FreeShare(long requested, long allocatable) =>
        allocatable == 0 || requested > allocatable ? 0 : (allocatable - requested) * IScorePlugin.MaxScore / allocatable;
}
