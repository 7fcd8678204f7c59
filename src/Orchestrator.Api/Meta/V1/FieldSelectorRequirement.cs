namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement")]
public sealed record FieldSelectorRequirement
{
    [Proto(1), Required]
    public string? Key { get; init; }

    [Proto(2), Required]
    public string? Operator { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Values { get; init; }
}
