namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PhotonPersistentDiskVolumeSource")]
public sealed record PhotonPersistentDiskVolumeSource
{
    /// <summary>Id of the disk.</summary>
    [Proto(1), Required]
    public string? PdID { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }
}
