namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ISCSIVolumeSource")]
public sealed record ISCSIVolumeSource
{
    /// <summary>Portal of the target, as address and port.</summary>
    [Proto(1), Required]
    public string? TargetPortal { get; init; }

    /// <summary>Qualified name of the target.</summary>
    [Proto(2), Required]
    public string? Iqn { get; init; }

    /// <summary>Logical unit number.</summary>
    [Proto(3), Required]
    public int? Lun { get; init; }

    /// <summary>Transport used; default is tcp.</summary>
    [Proto(4), Default("default")]
    public string? IscsiInterface { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(5)]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(6)]
    public bool? ReadOnly { get; init; }

    /// <summary>Further portals of the target.</summary>
    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? Portals { get; init; }

    /// <summary>Uses CHAP for discovery.</summary>
    [Proto(8)]
    public bool? ChapAuthDiscovery { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(10)]
    public LocalObjectReference? SecretRef { get; init; }

    /// <summary>Uses CHAP for the session.</summary>
    [Proto(11)]
    public bool? ChapAuthSession { get; init; }

    /// <summary>Initiator name to use instead of the node's.</summary>
    [Proto(12)]
    public string? InitiatorName { get; init; }
}
