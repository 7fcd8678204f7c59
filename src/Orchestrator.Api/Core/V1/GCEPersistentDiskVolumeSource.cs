namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GCEPersistentDiskVolumeSource")]
public sealed record GCEPersistentDiskVolumeSource
{
    /// <summary>Name of the disk.</summary>
    [Proto(1), Required]
    public string? PdName { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }

    /// <summary>Partition of the volume to mount.</summary>
    [Proto(3)]
    public int? Partition { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(4)]
    public bool? ReadOnly { get; init; }
}
