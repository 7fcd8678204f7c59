namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.AWSElasticBlockStoreVolumeSource")]
public sealed record AWSElasticBlockStoreVolumeSource
{
    [Proto(1), Required]
    public string? VolumeID { get; init; }

    [Proto(2)]
    public string? FsType { get; init; }

    [Proto(3)]
    public int? Partition { get; init; }

    [Proto(4)]
    public bool? ReadOnly { get; init; }
}
