namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIGroup")]
public sealed record APIGroup
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<GroupVersionForDiscovery>? Versions { get; init; }

    [Proto(3)]
    public GroupVersionForDiscovery? PreferredVersion { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; init; }

    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }
}
