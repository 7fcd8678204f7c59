namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.TypedObjectReference")]
public sealed record TypedObjectReference
{
    [Proto(1)]
    public string? ApiGroup { get; init; }

    [Proto(2), Required]
    public string? Kind { get; init; }

    [Proto(3), Required]
    public string? Name { get; init; }

    [Proto(4)]
    public string? Namespace { get; init; }
}
