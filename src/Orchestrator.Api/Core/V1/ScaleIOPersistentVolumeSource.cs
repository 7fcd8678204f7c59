namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ScaleIOPersistentVolumeSource")]
public sealed record ScaleIOPersistentVolumeSource
{
    [Proto(1), Required]
    public string? Gateway { get; init; }

    [Proto(2), Required]
    public string? System { get; init; }

    [Proto(3), Required]
    public SecretReference? SecretRef { get; init; }

    [Proto(4)]
    public bool? SslEnabled { get; init; }

    [Proto(5)]
    public string? ProtectionDomain { get; init; }

    [Proto(6)]
    public string? StoragePool { get; init; }

    [Proto(7), Default("ThinProvisioned")]
    public string? StorageMode { get; init; }

    [Proto(8)]
    public string? VolumeName { get; init; }

    [Proto(9), Default("xfs")]
    public string? FsType { get; init; }

    [Proto(10)]
    public bool? ReadOnly { get; init; }
}
