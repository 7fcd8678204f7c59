using Orchestrator.Api.Core.V1;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.TaintToleration;

/// <summary>Keeps pods off nodes with taints they do not tolerate; prefers nodes with few soft taints.</summary>
internal sealed class TaintTolerationPlugin : IFilterPlugin, IScorePlugin
{
    public string Name => "TaintToleration";

    public int Weight => 3;

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node)
    {
        foreach (var taint in node.Taints)
        {
            if (taint.Effect is TaintEffect.NoSchedule or TaintEffect.NoExecute && !Tolerations.Tolerate(cycle.Pod.Spec.Tolerations, taint))
                return Verdict.RejectForGood($"node(s) had untolerated taint(s) {{{taint.Key}: {taint.Value}}}");
        }

        return Verdict.Pass;
    }

    public bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible) =>
        feasible.Any(node => node.Taints.Any(taint => taint.Effect == TaintEffect.PreferNoSchedule));

    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        var intolerable = 0;
        foreach (var taint in node.Taints)
        {
            if (taint.Effect == TaintEffect.PreferNoSchedule && !ToleratesSoftly(cycle.Pod, taint))
                intolerable++;
        }

        return intolerable;
    }

    public void Normalize(SchedulingCycle cycle, Span<long> scores) => ScoreScale.Normalize(scores, reverse: true);

    private static bool ToleratesSoftly(PodInfo pod, Taint taint) =>
        Tolerations.Tolerate(pod.Spec.Tolerations?.Where(toleration => toleration.Effect is null or "" or TaintEffect.PreferNoSchedule).ToList(), taint);
}
