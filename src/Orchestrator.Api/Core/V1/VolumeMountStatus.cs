namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeMountStatus")]
public sealed record VolumeMountStatus
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2), Required]
    public string? MountPath { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public string? RecursiveReadOnly { get; init; }

    [Proto(5)]
    public VolumeStatus? VolumeStatus { get; init; }
}
