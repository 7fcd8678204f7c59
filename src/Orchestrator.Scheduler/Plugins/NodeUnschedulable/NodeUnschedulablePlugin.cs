using Orchestrator.Api.Core.V1;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Plugins.TaintToleration;

namespace Orchestrator.Scheduler.Plugins.NodeUnschedulable;

/// <summary>Keeps pods off cordoned nodes, unless they tolerate the unschedulable taint.</summary>
internal sealed class NodeUnschedulablePlugin : IFilterPlugin
{
    private static readonly Taint Cordon = new() { Key = "node.kubernetes.io/unschedulable", Effect = TaintEffect.NoSchedule };

    public string Name => "NodeUnschedulable";

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node) =>
        node.Node.Spec?.Unschedulable == true && !Tolerations.Tolerate(cycle.Pod.Spec.Tolerations, Cordon)
            ? Verdict.RejectForGood("node(s) were unschedulable")
            : Verdict.Pass;
}
