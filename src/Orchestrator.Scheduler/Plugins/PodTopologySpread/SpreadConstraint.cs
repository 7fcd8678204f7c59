using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Plugins.NodeAffinity;
using Orchestrator.Scheduler.Plugins.TaintToleration;

namespace Orchestrator.Scheduler.Plugins.PodTopologySpread;

/// <summary>A topology spread constraint, ready to be counted.</summary>
internal sealed class SpreadConstraint
{
    private readonly bool honorsAffinity;
    private readonly bool honorsTaints;

    public SpreadConstraint(TopologySpreadConstraint constraint, PodInfo owner)
        : this(
            constraint.TopologyKey ?? "", constraint.MaxSkew ?? 1, constraint.WhenUnsatisfiable == "DoNotSchedule",
            LabelKeys.Extend(constraint.LabelSelector, owner.Labels, constraint.MatchLabelKeys, null))
    {
        MinDomains = constraint.MinDomains ?? 1;
        honorsAffinity = constraint.NodeAffinityPolicy != "Ignore";
        honorsTaints = constraint.NodeTaintsPolicy == "Honor";
    }

    private SpreadConstraint(string topologyKey, int maxSkew, bool hard, LabelMatcher selector)
    {
        TopologyKey = topologyKey;
        MaxSkew = maxSkew;
        Hard = hard;
        Selector = selector;
        honorsAffinity = true;
    }

    public string TopologyKey { get; }

    public int MaxSkew { get; }

    /// <summary>DoNotSchedule rather than ScheduleAnyway.</summary>
    public bool Hard { get; }

    public int MinDomains { get; } = 1;

    public LabelMatcher Selector { get; }

    /// <summary>
    /// What pods without constraints of their own get: spread softly over nodes and zones, with the pods their Services and their
    /// controller select. Source: Kubernetes' cluster-level default constraints (KEP-1258).
    /// </summary>
    public static IReadOnlyList<SpreadConstraint> DefaultsFor(PodInfo pod, ClusterSnapshot snapshot)
    {
        var selectors = snapshot.Objects.SelectorsOf(pod);
        if (selectors.Count == 0)
            return [];
        var all = new LabelMatcher(selectors.SelectMany(selector => selector.Requirements));
        return
        [
            new SpreadConstraint("kubernetes.io/hostname", 3, hard: false, all),
            new SpreadConstraint("topology.kubernetes.io/zone", 5, hard: false, all),
        ];
    }

    /// <summary>Whether the node counts as a domain for this pod.</summary>
    public bool Counts(PodInfo pod, NodeInfo node) =>
        node.Labels.ContainsKey(TopologyKey)
        && (!honorsAffinity || NodeAffinityPlugin.Admits(pod, node))
        && (!honorsTaints || !node.Taints.Any(taint =>
            taint.Effect is TaintEffect.NoSchedule or TaintEffect.NoExecute && !Tolerations.Tolerate(pod.Spec.Tolerations, taint)));

    /// <summary>Matching pods of the node, in the pod's namespace, that are not on their way out.</summary>
    public int CountPods(PodInfo pod, NodeInfo node)
    {
        var count = 0;
        foreach (var other in node.Pods)
        {
            if (!other.IsBeingDeleted && other.Namespace == pod.Namespace && Selector.Matches(other.Labels))
                count++;
        }

        return count;
    }
}
