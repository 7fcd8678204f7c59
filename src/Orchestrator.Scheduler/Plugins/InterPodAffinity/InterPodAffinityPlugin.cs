using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.InterPodAffinity;

/// <summary>
/// Pod affinity and anti-affinity: required terms of the pod, and required anti-affinity of the pods that run, filter; preferred
/// terms of both sides rate.
/// </summary>
internal sealed class InterPodAffinityPlugin : IPreFilterPlugin, IFilterPlugin, IScorePlugin
{
    // Kubernetes' hardPodAffinityWeight: a running pod's required affinity to this one counts as a preference of weight 1.
    private const int HardAffinityWeight = 1;

    public string Name => "InterPodAffinity";

    public int Weight => 2;

    public Verdict PreFilter(SchedulingCycle cycle)
    {
        var pod = cycle.Pod;
        var state = new AffinityState();
        foreach (var node in cycle.Snapshot.Nodes)
        {
            var lookAtAll = pod.RequiredAffinity.Count + pod.RequiredAntiAffinity.Count > 0;
            if (!lookAtAll && !node.HasPodsWithRequiredAntiAffinity)
                continue;
            foreach (var other in node.Pods)
            {
                Count(state.Unwanted, other.RequiredAntiAffinity, pod, node, cycle.Snapshot);
                Count(state.Refused, pod.RequiredAntiAffinity, other, node, cycle.Snapshot);
                if (pod.RequiredAffinity.Count > 0 && pod.RequiredAffinity.All(term => term.Matches(other, cycle.Snapshot)))
                    Count(state.Wanted, pod.RequiredAffinity, other, node, cycle.Snapshot);
            }
        }

        cycle.Set(this, state);
        return Verdict.Pass;
    }

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node)
    {
        var state = cycle.State<AffinityState>(this);
        if (!MeetsAffinity(cycle, node, state))
            return Verdict.RejectForGood("node(s) didn't match pod affinity rules");
        if (cycle.Pod.RequiredAntiAffinity.Any(term => Has(state.Refused, term.TopologyKey, node)))
            return Verdict.Reject("node(s) didn't match pod anti-affinity rules");
        return state.Unwanted.Keys.Any(domain => node.Labels.TryGetValue(domain.Key, out var value) && value == domain.Value)
            ? Verdict.Reject("node(s) didn't satisfy existing pods anti-affinity rules")
            : Verdict.Pass;
    }

    public bool PreScore(SchedulingCycle cycle, IReadOnlyList<NodeInfo> feasible)
    {
        var pod = cycle.Pod;
        var preferences = new Dictionary<TopologyDomain, long>();
        var ownPreferences = pod.PreferredAffinity.Count + pod.PreferredAntiAffinity.Count > 0;
        foreach (var node in cycle.Snapshot.Nodes)
        {
            if (!ownPreferences && !node.HasPodsWithAffinity)
                continue;
            foreach (var other in node.Pods)
            {
                Weigh(preferences, pod.PreferredAffinity, other, node, cycle.Snapshot, 1);
                Weigh(preferences, pod.PreferredAntiAffinity, other, node, cycle.Snapshot, -1);
                Weigh(preferences, other.PreferredAffinity, pod, node, cycle.Snapshot, 1);
                Weigh(preferences, other.PreferredAntiAffinity, pod, node, cycle.Snapshot, -1);
                foreach (var term in other.RequiredAffinity)
                    Add(preferences, term, pod, node, cycle.Snapshot, HardAffinityWeight);
            }
        }

        cycle.State<AffinityState>(this).Preferences = preferences;
        return preferences.Count > 0;
    }

    public long Score(SchedulingCycle cycle, NodeInfo node)
    {
        long sum = 0;
        foreach (var (domain, weight) in cycle.State<AffinityState>(this).Preferences)
        {
            if (node.Labels.TryGetValue(domain.Key, out var value) && value == domain.Value)
                sum += weight;
        }

        return sum;
    }

    public void Normalize(SchedulingCycle cycle, Span<long> scores)
    {
        long lowest = long.MaxValue, highest = long.MinValue;
        foreach (var score in scores)
        {
            lowest = Math.Min(lowest, score);
            highest = Math.Max(highest, score);
        }

        for (var i = 0; i < scores.Length; i++)
            scores[i] = highest == lowest ? 0 : IScorePlugin.MaxScore * (scores[i] - lowest) / (highest - lowest);
    }

    // The first pod of a group that wants to be with its like may go anywhere: nobody is there to be with yet.
    private static bool MeetsAffinity(SchedulingCycle cycle, NodeInfo node, AffinityState state)
    {
        var pod = cycle.Pod;
        if (pod.RequiredAffinity.Count == 0)
            return true;
        if (!pod.RequiredAffinity.All(term => node.Labels.ContainsKey(term.TopologyKey)))
            return false;
        if (pod.RequiredAffinity.All(term => Has(state.Wanted, term.TopologyKey, node)))
            return true;
        return state.Wanted.Count == 0 && pod.RequiredAffinity.All(term => term.Matches(pod, cycle.Snapshot));
    }

    private static bool Has(Dictionary<TopologyDomain, int> domains, string key, NodeInfo node) =>
        node.Labels.TryGetValue(key, out var value) && domains.ContainsKey(new(key, value));

    private static void Count(
        Dictionary<TopologyDomain, int> domains, IReadOnlyList<AffinityTerm> terms, PodInfo matched, NodeInfo node, ClusterSnapshot snapshot)
    {
        foreach (var term in terms)
        {
            if (node.Labels.TryGetValue(term.TopologyKey, out var value) && term.Matches(matched, snapshot))
                domains[new(term.TopologyKey, value)] = domains.GetValueOrDefault(new(term.TopologyKey, value)) + 1;
        }
    }

    private static void Weigh(
        Dictionary<TopologyDomain, long> domains, IReadOnlyList<WeightedTerm> terms, PodInfo matched, NodeInfo node, ClusterSnapshot snapshot, int sign)
    {
        foreach (var (term, weight) in terms)
            Add(domains, term, matched, node, snapshot, sign * weight);
    }

    private static void Add(
        Dictionary<TopologyDomain, long> domains, AffinityTerm term, PodInfo matched, NodeInfo node, ClusterSnapshot snapshot, int weight)
    {
        if (node.Labels.TryGetValue(term.TopologyKey, out var value) && term.Matches(matched, snapshot))
            domains[new(term.TopologyKey, value)] = domains.GetValueOrDefault(new(term.TopologyKey, value)) + weight;
    }

    private readonly record struct TopologyDomain(string Key, string Value);

    private sealed class AffinityState
    {
        /// <summary>Domains that hold a pod this one must be with.</summary>
        public Dictionary<TopologyDomain, int> Wanted { get; } = [];

        /// <summary>Domains that hold a pod this one must not be with.</summary>
        public Dictionary<TopologyDomain, int> Refused { get; } = [];

        /// <summary>Domains that hold a pod which must not be with this one.</summary>
        public Dictionary<TopologyDomain, int> Unwanted { get; } = [];

        public Dictionary<TopologyDomain, long> Preferences { get; set; } = [];
    }
}
