using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.PodTopologySpread;

/// <summary>
/// Spreads matching pods over the domains of a topology key: hard constraints filter by skew, soft ones (also the defaults) rate.
/// Source: KEP-895.
/// </summary>
internal sealed class PodTopologySpreadPlugin : IPreFilterPlugin, IFilterPlugin, IScorePlugin
{
    public string Name => "PodTopologySpread";

    public int Weight => 2;

    public Verdict PreFilter(SchedulingCycle cycle)
    {
        var given = cycle.Pod.Spec.TopologySpreadConstraints;
        var constraints = given is { Count: > 0 }
            ? [.. given.Select(constraint => new SpreadConstraint(constraint, cycle.Pod))]
            : SpreadConstraint.DefaultsFor(cycle.Pod, cycle.Snapshot);
        cycle.Set(this, new SpreadState(
            [.. constraints.Where(constraint => constraint.Hard).Select(constraint => new DomainCounts(constraint, cycle.Pod, cycle.Snapshot.Nodes))],
            [.. constraints.Where(constraint => !constraint.Hard)]));
        return Verdict.Pass;
    }

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node)
    {
        foreach (var counts in cycle.State<SpreadState>(this).Hard)
        {
            if (!node.Labels.TryGetValue(counts.Constraint.TopologyKey, out var domain))
                return Verdict.RejectForGood("node(s) didn't match pod topology spread constraints (missing required label)");
            var self = counts.Constraint.Selector.Matches(cycle.Pod.Labels) ? 1 : 0;
            if (counts.Of(domain) + self - counts.Minimum > counts.Constraint.MaxSkew)
                return Verdict.Reject("node(s) didn't match pod topology spread constraints");
        }

        return Verdict.Pass;
    }

    public bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible)
    {
        var state = cycle.State<SpreadState>(this);
        if (state.Soft.Count == 0)
            return false;
        state.SoftCounts = [.. state.Soft.Select(constraint => new DomainCounts(constraint, cycle.Pod, cycle.Snapshot.Nodes, feasible))];
        return true;
    }

    // Lower is better: pods already in the node's domains, weighted so that many domains do not drown few.
    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        double score = 0;
        foreach (var counts in cycle.State<SpreadState>(this).SoftCounts)
        {
            if (node.Labels.TryGetValue(counts.Constraint.TopologyKey, out var domain))
                score += counts.Of(domain) * Math.Log(counts.Domains + 2) + (counts.Constraint.MaxSkew - 1);
        }

        return (long)Math.Round(score);
    }

    public void Normalize(SchedulingCycle cycle, Span<long> scores)
    {
        long lowest = long.MaxValue, highest = 0;
        foreach (var score in scores)
        {
            lowest = Math.Min(lowest, score);
            highest = Math.Max(highest, score);
        }

        for (var i = 0; i < scores.Length; i++)
            scores[i] = highest == 0 ? IScorePlugin.MaxScore : IScorePlugin.MaxScore * (highest + lowest - scores[i]) / highest;
    }

    private sealed class SpreadState(IReadOnlyList<DomainCounts> hard, IReadOnlyList<SpreadConstraint> soft)
    {
        public IReadOnlyList<DomainCounts> Hard { get; } = hard;

        public IReadOnlyList<SpreadConstraint> Soft { get; } = soft;

        public IReadOnlyList<DomainCounts> SoftCounts { get; set; } = [];
    }
}

/// <summary>Matching pods in each domain of one constraint.</summary>
internal sealed class DomainCounts
{
    private readonly Dictionary<string, int> counts = [];

    /// <param name="feasible">When given, only domains with such a node are kept.</param>
    public DomainCounts(SpreadConstraint constraint, PodInfo pod, IReadOnlyList<NodeInfo> nodes, IReadOnlyList<NodeInfo>? feasible = null)
    {
        Constraint = constraint;
        foreach (var node in feasible ?? [])
        {
            if (node.Labels.TryGetValue(constraint.TopologyKey, out var domain))
                counts.TryAdd(domain, 0);
        }

        foreach (var node in nodes)
        {
            if (!constraint.Counts(pod, node))
                continue;
            var domain = node.Labels[constraint.TopologyKey];
            if (feasible is null || counts.ContainsKey(domain))
                counts[domain] = counts.GetValueOrDefault(domain) + constraint.CountPods(pod, node);
        }
    }

    public SpreadConstraint Constraint { get; }

    public int Domains => counts.Count;

    /// <summary>Fewest in any domain; 0 while there are fewer domains than minDomains.</summary>
    public int Minimum => counts.Count == 0 || counts.Count < Constraint.MinDomains ? 0 : counts.Values.Min();

    public int Of(string domain) => counts.GetValueOrDefault(domain);
}
