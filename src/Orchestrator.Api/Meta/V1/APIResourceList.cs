namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIResourceList")]
public sealed record APIResourceList
{
    [Proto(1), Required]
    public string? GroupVersion { get; init; }

    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<APIResource>? Resources { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
