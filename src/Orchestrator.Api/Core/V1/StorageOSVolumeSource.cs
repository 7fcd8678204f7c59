namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.StorageOSVolumeSource")]
public sealed record StorageOSVolumeSource
{
    [Proto(1)]
    public string? VolumeName { get; init; }

    [Proto(2)]
    public string? VolumeNamespace { get; init; }

    [Proto(3)]
    public string? FsType { get; init; }

    [Proto(4)]
    public bool? ReadOnly { get; init; }

    [Proto(5)]
    public LocalObjectReference? SecretRef { get; init; }
}
