namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GCEPersistentDiskVolumeSource")]
public sealed record GCEPersistentDiskVolumeSource
{
    [Proto(1), Required]
    public string? PdName { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public int? Partition { get; init; }

    [Proto(4)]
    public bool? ReadOnly { get; init; }
}
