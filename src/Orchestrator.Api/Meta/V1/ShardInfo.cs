namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ShardInfo")]
public sealed record ShardInfo
{
    /// <summary>Selects the pods it works on.</summary>
    [Proto(1), Required]
    public string? Selector { get; init; }
}
