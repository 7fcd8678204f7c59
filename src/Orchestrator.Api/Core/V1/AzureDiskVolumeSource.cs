namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AzureDiskVolumeSource")]
public sealed record AzureDiskVolumeSource
{
    [Proto(1), Required]
    public string? DiskName { get; init; }

    [Proto(2), Required]
    public string? DiskURI { get; init; }

    [Proto(3), Default("ReadWrite")]
    public string? CachingMode { get; init; }

    [Proto(4), Default("ext4")]
    public string? FsType { get; init; }

    [Proto(5)]
    public bool? ReadOnly { get; init; }

    [Proto(6), Default("Shared")]
    public string? Kind { get; init; }
}
