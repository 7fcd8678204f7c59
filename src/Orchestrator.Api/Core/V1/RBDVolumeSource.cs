namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.RBDVolumeSource")]
public sealed record RBDVolumeSource
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Monitors { get; init; }

    [Proto(2), Required]
    public string? Image { get; init; }

    [Proto(3)]
    public string? FsType { get; init; }

    [Proto(4), Default("rbd")]
    public string? Pool { get; init; }

    [Proto(5), Default("admin")]
    public string? User { get; init; }

    [Proto(6), Default("/etc/ceph/keyring")]
    public string? Keyring { get; init; }

    [Proto(7)]
    public LocalObjectReference? SecretRef { get; init; }

    [Proto(8)]
    public bool? ReadOnly { get; init; }
}
