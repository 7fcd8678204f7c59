namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.RBDVolumeSource")]
public sealed record RBDVolumeSource
{
    /// <summary>Addresses of the cluster's monitors.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Monitors { get; init; }

    /// <summary>Container image.</summary>
    [Proto(2), Required]
    public string? Image { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(3)]
    public string? FsType { get; init; }

    /// <summary>Pool name.</summary>
    [Proto(4), Default("rbd")]
    public string? Pool { get; init; }

    /// <summary>User name.</summary>
    [Proto(5), Default("admin")]
    public string? User { get; init; }

    /// <summary>Path of the keyring.</summary>
    [Proto(6), Default("/etc/ceph/keyring")]
    public string? Keyring { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(7)]
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(8)]
    public bool? ReadOnly { get; init; }
}
