using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.TopologySpreadConstraint")]
public sealed record TopologySpreadConstraint
{
    [Proto(1), Required]
    public int? MaxSkew { get; init; }

    [Proto(2), Required]
    public string? TopologyKey { get; init; }

    [Proto(3), Required]
    public string? WhenUnsatisfiable { get; init; }

    [Proto(4)]
    public LabelSelector? LabelSelector { get; init; }

    [Proto(5)]
    public int? MinDomains { get; init; }

    [Proto(6)]
    public string? NodeAffinityPolicy { get; init; }

    [Proto(7)]
    public string? NodeTaintsPolicy { get; init; }

    [Proto(8), ListAtomic]
    public IReadOnlyList<string>? MatchLabelKeys { get; init; }
}
