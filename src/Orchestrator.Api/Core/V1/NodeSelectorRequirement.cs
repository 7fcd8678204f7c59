namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeSelectorRequirement")]
public sealed record NodeSelectorRequirement
{
    [Proto(1), Required]
    public string? Key { get; init; }

    [Proto(2), Required]
    public string? Operator { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Values { get; init; }
}
