namespace Orchestrator.Api.Meta.V1;

/// <summary>The versions of the core group.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIVersions")]
public sealed record APIVersions
{
    /// <summary>Versions of the group.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Versions { get; init; }

    /// <summary>Where clients of given networks reach the server.</summary>
    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<ServerAddressByClientCIDR>? ServerAddressByClientCIDRs { get; init; }

    /// <summary>Group and version of the object.</summary>
    public string? ApiVersion { get; init; }

    /// <summary>Kind of the object.</summary>
    public string? Kind { get; init; }
}
