namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery")]
public sealed record GroupVersionForDiscovery
{
    [Proto(1), Required]
    public string? GroupVersion { get; init; }

    [Proto(2), Required]
    public string? Version { get; init; }
}
