using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;

namespace Orchestrator.Scheduler.Framework;

/// <summary>A pod with what plugins ask of it worked out once. Immutable.</summary>
public sealed class PodInfo
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    public PodInfo(Pod pod)
    {
        Pod = pod;
        Spec = pod.Spec ?? new PodSpec();
        Requests = Resources.OfPod(Spec);
        RatedMilliCpu = Requests.MilliCpu == 0 ? Resources.DefaultMilliCpu : Requests.MilliCpu;
        RatedMemoryBytes = Requests.MemoryBytes == 0 ? Resources.DefaultMemoryBytes : Requests.MemoryBytes;
        HostPorts = PortsOf(Spec);
        RequiredAffinity = Terms(Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution);
        RequiredAntiAffinity = Terms(Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution);
        PreferredAffinity = Weighted(Spec.Affinity?.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution);
        PreferredAntiAffinity = Weighted(Spec.Affinity?.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution);
    }

    public Pod Pod { get; }

    public PodSpec Spec { get; }

    public ObjectKey Key => Pod.Key();

    public string Uid => Pod.Metadata.Uid ?? "";

    public string Namespace => Pod.Metadata.Namespace ?? "";

    public IReadOnlyDictionary<string, string> Labels => Pod.Metadata.Labels ?? NoLabels;

    public int Priority => Spec.Priority ?? 0;

    public bool IsGated => Spec.SchedulingGates is { Count: > 0 };

    public bool IsBeingDeleted => Pod.IsBeingDeleted();

    public Resources Requests { get; }

    /// <summary>As <see cref="Requests"/>, with a default where nothing is asked.</summary>
    public long RatedMilliCpu { get; }

    public long RatedMemoryBytes { get; }

    public IReadOnlyList<HostPort> HostPorts { get; }

    public IReadOnlyList<AffinityTerm> RequiredAffinity { get; }

    public IReadOnlyList<AffinityTerm> RequiredAntiAffinity { get; }

    public IReadOnlyList<WeightedTerm> PreferredAffinity { get; }

    public IReadOnlyList<WeightedTerm> PreferredAntiAffinity { get; }

    public bool HasAffinity => RequiredAffinity.Count + PreferredAffinity.Count > 0 || HasAntiAffinity;

    public bool HasAntiAffinity => RequiredAntiAffinity.Count + PreferredAntiAffinity.Count > 0;

    private IReadOnlyList<AffinityTerm> Terms(IReadOnlyList<PodAffinityTerm>? terms) =>
        terms is null ? [] : [.. terms.Select(term => new AffinityTerm(term, this))];

    private IReadOnlyList<WeightedTerm> Weighted(IReadOnlyList<WeightedPodAffinityTerm>? terms) =>
        terms is null ? [] : [.. terms.Select(term => new WeightedTerm(new AffinityTerm(term.PodAffinityTerm ?? new(), this), term.Weight ?? 0))];

    private static List<HostPort> PortsOf(PodSpec spec)
    {
        var ports = new List<HostPort>();
        var sidecars = (spec.InitContainers ?? []).Where(container => container.RestartPolicy == "Always");
        foreach (var port in (spec.Containers ?? []).Concat(sidecars).SelectMany(container => container.Ports ?? []))
        {
            var number = port.HostPort is > 0 ? port.HostPort : spec.HostNetwork == true ? port.Port : null;
            if (number is { } hostPort)
                ports.Add(new HostPort(port.HostIP is { Length: > 0 } address ? address : HostPort.AnyAddress, port.Protocol ?? "TCP", hostPort));
        }

        return ports;
    }
}

/// <summary>A port of the node that a pod takes for itself.</summary>
public readonly record struct HostPort(string Address, string Protocol, int Port)
{
    public const string AnyAddress = "0.0.0.0";

    public bool ConflictsWith(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (Address == other.Address || Address == AnyAddress || other.Address == AnyAddress);
}

/// <summary>A pod (anti-)affinity term, ready to be asked.</summary>
public sealed class AffinityTerm
{
    private readonly LabelMatcher labels;
    private readonly LabelMatcher? namespaceLabels;
    private readonly HashSet<string> namespaces;

    /// <param name="owner">The pod that carries the term: its namespace is the default, its labels fill matchLabelKeys.</param>
    public AffinityTerm(PodAffinityTerm term, PodInfo owner)
    {
        TopologyKey = term.TopologyKey ?? "";
        labels = LabelKeys.Extend(term.LabelSelector, owner.Labels, term.MatchLabelKeys, term.MismatchLabelKeys);
        namespaceLabels = term.NamespaceSelector is null ? null : LabelMatcher.Of(term.NamespaceSelector);
        namespaces = [.. term.Namespaces ?? []];
        if (namespaces.Count == 0 && namespaceLabels is null)
            namespaces.Add(owner.Namespace);
    }

    public string TopologyKey { get; }

    public bool Matches(PodInfo pod, ClusterSnapshot snapshot) =>
        (namespaces.Contains(pod.Namespace) || (namespaceLabels is not null && namespaceLabels.Matches(snapshot.NamespaceLabels(pod.Namespace))))
        && labels.Matches(pod.Labels);
}

public readonly record struct WeightedTerm(AffinityTerm Term, int Weight);

/// <summary>matchLabelKeys and mismatchLabelKeys: further requirements taken from the pod's own labels (KEP-3633, KEP-3243).</summary>
internal static class LabelKeys
{
    public static LabelMatcher Extend(
        LabelSelector? selector, IReadOnlyDictionary<string, string> labels, IReadOnlyList<string>? match, IReadOnlyList<string>? mismatch)
    {
        var matcher = LabelMatcher.Of(selector);
        if (selector is null || (match is null && mismatch is null))
            return matcher;
        var requirements = matcher.Requirements.ToList();
        foreach (var key in match ?? [])
        {
            if (labels.TryGetValue(key, out var value))
                requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]));
        }

        foreach (var key in mismatch ?? [])
        {
            if (labels.TryGetValue(key, out var value))
                requirements.Add(new LabelRequirement(key, LabelOperator.NotIn, [value]));
        }

        return new LabelMatcher(requirements);
    }
}
