namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.TypedLocalObjectReference")]
public sealed record TypedLocalObjectReference
{
    [Proto(1)]
    public string? ApiGroup { get; init; }

    [Proto(2), Required]
    public string? Kind { get; init; }

    [Proto(3), Required]
    public string? Name { get; init; }
}
