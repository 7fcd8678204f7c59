namespace Orchestrator.Api.Meta.V1;

/// <summary>A group and its versions.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIGroup")]
public sealed record APIGroup
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Versions of the group.</summary>
    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<GroupVersionForDiscovery>? Versions { get; init; }

    /// <summary>Version the server prefers.</summary>
    [Proto(3)]
    public GroupVersionForDiscovery? PreferredVersion { get; init; }

    /// <summary>Where clients of given networks reach the server.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
