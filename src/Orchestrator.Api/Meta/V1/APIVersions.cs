namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIVersions")]
public sealed record APIVersions
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Versions { get; init; }

    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
