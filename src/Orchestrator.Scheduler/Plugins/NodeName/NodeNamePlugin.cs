using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodeName;

/// <summary>A pod that names its node fits no other.</summary>
internal sealed class NodeNamePlugin : IFilterPlugin
{
    public string Name => "NodeName";

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node) =>
        string.IsNullOrEmpty(cycle.Pod.Spec.NodeName) || cycle.Pod.Spec.NodeName == node.Name
            ? Verdict.Pass
            : Verdict.RejectForGood("node(s) didn't match the requested node name");
}
