namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.QuobyteVolumeSource")]
public sealed record QuobyteVolumeSource
{
    /// <summary>Addresses of the registries.</summary>
    [Proto(1), Required]
    public string? Registry { get; init; }

    /// <summary>Name of the volume.</summary>
    [Proto(2), Required]
    public string? Volume { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }

    /// <summary>User name.</summary>
    [Proto(4)]
    public string? User { get; init; }

    /// <summary>API group; empty for the core group.</summary>
    [Proto(5)]
    public string? Group { get; init; }

    /// <summary>Tenant that owns the volume.</summary>
    [Proto(6)]
    public string? Tenant { get; init; }
}
