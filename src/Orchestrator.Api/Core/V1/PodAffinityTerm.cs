using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>Pods, and the domain in which to be with or without them.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodAffinityTerm")]
public sealed record PodAffinityTerm
{
    /// <summary>Selects objects by their labels.</summary>
    [Proto(1)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>Names of namespaces.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Namespaces { get; init; }

    /// <summary>Node label whose values are the domains.</summary>
    [Proto(3), Required]
    public string? TopologyKey { get; init; }

    /// <summary>Selects namespaces by their labels.</summary>
    [Proto(4)]
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Label keys whose values are taken from the pod and added to the selector.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? MatchLabelKeys { get; init; }

    /// <summary>Label keys whose values are taken from the pod and excluded by the selector.</summary>
    [Proto(6), ListAtomic]
    public IReadOnlyList<string>? MismatchLabelKeys { get; init; }
}
