using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodAffinityTerm")]
public sealed record PodAffinityTerm
{
    [Proto(1)]
    public LabelSelector? LabelSelector { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Namespaces { get; init; }

    [Proto(3), Required]
    public string? TopologyKey { get; init; }

    [Proto(4)]
    public LabelSelector? NamespaceSelector { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? MatchLabelKeys { get; init; }

    [Proto(6), ListAtomic]
    public IReadOnlyList<string>? MismatchLabelKeys { get; init; }
}
