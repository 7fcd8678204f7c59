namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIGroupList")]
public sealed record APIGroupList
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<APIGroup>? Groups { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
