using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodeAffinity;

/// <summary>nodeSelector and node affinity: required ones filter, preferred ones rate.</summary>
internal sealed class NodeAffinityPlugin : IFilterPlugin, IScorePlugin
{
    public string Name => "NodeAffinity";

    public int Weight => 2;

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node) =>
        Admits(cycle.Pod, node) ? Verdict.Pass : Verdict.RejectForGood("node(s) didn't match Pod's node affinity/selector");

    public bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible) =>
        cycle.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution is { Count: > 0 };

    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        long sum = 0;
        foreach (var preferred in cycle.Pod.Spec.Affinity!.NodeAffinity!.PreferredDuringSchedulingIgnoredDuringExecution!)
        {
            if (preferred.Preference is { } term && NodeSelectorMatcher.Matches(term, node))
                sum += preferred.Weight ?? 0;
        }

        return sum;
    }

    public void Normalize(SchedulingCycle cycle, Span<long> scores) => ScoreScale.Normalize(scores, reverse: false);

    /// <summary>Whether the node is one that the pod's required selectors allow.</summary>
    internal static bool Admits(PodInfo pod, NodeInfo node)
    {
        foreach (var (key, value) in pod.Spec.NodeSelector ?? new Dictionary<string, string>())
        {
            if (!node.Labels.TryGetValue(key, out var actual) || actual != value)
                return false;
        }

        return pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution is not { } required
            || NodeSelectorMatcher.Matches(required, node);
    }
}
