namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CSIVolumeSource")]
public sealed record CSIVolumeSource
{
    [Proto(1), Required]
    public string? Driver { get; init; }

    [Proto(2)]
    public bool? ReadOnly { get; init; }

    [Proto(3)]
    public string? FsType { get; init; }

    [Proto(4)]
    public IReadOnlyDictionary<string, string>? VolumeAttributes { get; init; }

    [Proto(5)]
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}
