namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VsphereVirtualDiskVolumeSource")]
public sealed record VsphereVirtualDiskVolumeSource
{
    /// <summary>Path of the volume.</summary>
    [Proto(1), Required]
    public string? VolumePath { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }

    /// <summary>Name of the storage policy.</summary>
    [Proto(3)]
    public string? StoragePolicyName { get; init; }

    /// <summary>Id of the storage policy.</summary>
    [Proto(4)]
    public string? StoragePolicyID { get; init; }
}
