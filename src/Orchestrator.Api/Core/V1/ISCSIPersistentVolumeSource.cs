namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ISCSIPersistentVolumeSource")]
public sealed record ISCSIPersistentVolumeSource
{
    [Proto(1), Required]
    public string? TargetPortal { get; init; }

    [Proto(2), Required]
    public string? Iqn { get; init; }

    [Proto(3), Required]
    public int? Lun { get; init; }

    [Proto(4), Default("default")]
    public string? IscsiInterface { get; init; }

    [Proto(5)]
    public string? FsType { get; init; }

    [Proto(6)]
    public bool? ReadOnly { get; init; }

    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? Portals { get; init; }

    [Proto(8)]
    public bool? ChapAuthDiscovery { get; init; }

    [Proto(10)]
    public SecretReference? SecretRef { get; init; }

    [Proto(11)]
    public bool? ChapAuthSession { get; init; }

    [Proto(12)]
    public string? InitiatorName { get; init; }
}
