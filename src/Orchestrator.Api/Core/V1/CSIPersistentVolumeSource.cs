namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CSIPersistentVolumeSource")]
public sealed record CSIPersistentVolumeSource
{
    [Proto(1), Required]
    public string? Driver { get; init; }

    [Proto(2), Required]
    public string? VolumeHandle { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public string? FsType { get; init; }

    [Proto(5)]
    public IReadOnlyDictionary<string, string>? VolumeAttributes { get; init; }

    [Proto(6)]
    public SecretReference? ControllerPublishSecretRef { get; init; }

    [Proto(7)]
    public SecretReference? NodeStageSecretRef { get; init; }

    [Proto(8)]
    public SecretReference? NodePublishSecretRef { get; init; }

    [Proto(9)]
    public SecretReference? ControllerExpandSecretRef { get; init; }

    [Proto(10)]
    public SecretReference? NodeExpandSecretRef { get; init; }
}
