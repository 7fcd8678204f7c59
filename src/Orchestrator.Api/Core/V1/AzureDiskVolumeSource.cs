namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AzureDiskVolumeSource")]
public sealed record AzureDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Proto(1), Required]
    public string? DiskName { get; init; }

    /// <summary>URI of the disk.</summary>
    [Proto(2), Required]
    public string? DiskURI { get; init; }

    /// <summary>Host caching mode.</summary>
    [Proto(3), Default("ReadWrite")]
    public string? CachingMode { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(4), Default("ext4")]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(5)]
    public bool? ReadOnly { get; init; }

    /// <summary>Kind of the object.</summary>
    [Proto(6), Default("Shared")]
    public string? Kind { get; init; }
}
