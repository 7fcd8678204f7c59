namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CinderPersistentVolumeSource")]
public sealed record CinderPersistentVolumeSource
{
    [Proto(1), Required]
    public string? VolumeID { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public bool? ReadOnly { get; init; }

    [Proto(4)]
    public SecretReference? SecretRef { get; init; }
}
