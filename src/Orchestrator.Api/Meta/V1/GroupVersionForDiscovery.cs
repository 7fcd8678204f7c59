namespace Orchestrator.Api.Meta.V1;

/// <summary>A version of a group.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery")]
public sealed record GroupVersionForDiscovery
{
    /// <summary>Group and version, e.g. "apps/v1".</summary>
    [Proto(1), Required]
    public string? GroupVersion { get; init; }

    /// <summary>API version.</summary>
    [Proto(2), Required]
    public string? Version { get; init; }
}
