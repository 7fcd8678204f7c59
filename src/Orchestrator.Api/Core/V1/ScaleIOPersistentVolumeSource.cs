namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ScaleIOPersistentVolumeSource")]
public sealed record ScaleIOPersistentVolumeSource
{
    /// <summary>Address of the gateway.</summary>
    [Proto(1), Required]
    public string? Gateway { get; init; }

    /// <summary>Name of the storage system.</summary>
    [Proto(2), Required]
    public string? System { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(3), Required]
    public SecretReference? SecretRef { get; init; }

    /// <summary>Uses TLS to the gateway.</summary>
    [Proto(4)]
    public bool? SslEnabled { get; init; }

    /// <summary>Name of the protection domain.</summary>
    [Proto(5)]
    public string? ProtectionDomain { get; init; }

    /// <summary>Name of the storage pool.</summary>
    [Proto(6)]
    public string? StoragePool { get; init; }

    /// <summary>Thick or thin provisioning.</summary>
    [Proto(7), Default("ThinProvisioned")]
    public string? StorageMode { get; init; }

    /// <summary>Name of the volume.</summary>
    [Proto(8)]
    public string? VolumeName { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(9), Default("xfs")]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(10)]
    public bool? ReadOnly { get; init; }
}
