using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodeResources;

/// <summary>Prefers nodes whose CPU and memory would be used to a like degree.</summary>
internal sealed class BalancedAllocationPlugin : IScorePlugin
{
    public string Name => "NodeResourcesBalancedAllocation";

    public int Weight => 1;

    // A pod without requests changes no balance.
    public bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible) =>
        cycle.Pod.Requests.MilliCpu > 0 || cycle.Pod.Requests.MemoryBytes > 0;

    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        var cpu = UsedShare(node.Requested.MilliCpu + cycle.Pod.Requests.MilliCpu, node.Allocatable.MilliCpu);
        var memory = UsedShare(node.Requested.MemoryBytes + cycle.Pod.Requests.MemoryBytes, node.Allocatable.MemoryBytes);

        // With two resources the standard deviation is half their distance.
        return (long)((1 - Math.Abs(cpu - memory) / 2) * IScorePlugin.MaxScore);
    }

    private static double UsedShare(long requested, long allocatable) => allocatable == 0 ? 1 : Math.Min(1, (double)requested / allocatable);
}
