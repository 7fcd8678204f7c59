namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PhotonPersistentDiskVolumeSource")]
public sealed record PhotonPersistentDiskVolumeSource
{
    [Proto(1), Required]
    public string? PdID { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }
}
