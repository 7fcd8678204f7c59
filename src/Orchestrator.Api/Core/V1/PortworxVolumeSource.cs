namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PortworxVolumeSource")]
public sealed record PortworxVolumeSource
{
    [Proto(1), Required]
    public string? VolumeID { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
