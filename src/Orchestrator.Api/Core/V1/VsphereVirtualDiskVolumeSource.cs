namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VsphereVirtualDiskVolumeSource")]
public sealed record VsphereVirtualDiskVolumeSource
{
    [Proto(1), Required]
    public string? VolumePath { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public string? StoragePolicyName { get; init; }

    [Proto(4)]
    public string? StoragePolicyID { get; init; }
}
