namespace Orchestrator.Api.Meta.V1;

[MapAtomic]
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.OwnerReference")]
public sealed record OwnerReference
{
    [Proto(1), Required]
    public string? Kind { get; init; }

    [Proto(3), Required]
    public string? Name { get; init; }

    [Proto(4), Required]
    public string? Uid { get; init; }

    [Proto(5), Required]
    public string? ApiVersion { get; init; }

    [Proto(6)]
    public bool? Controller { get; init; }

    [Proto(7)]
    public bool? BlockOwnerDeletion { get; init; }
}
