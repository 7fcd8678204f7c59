namespace Orchestrator.Api.Meta.V1;

[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ListMeta")]
public sealed record ListMeta
{
    [Proto(1)]
    public string? SelfLink { get; init; }

    [Proto(2)]
    public string? ResourceVersion { get; init; }

    [Proto(3)]
    public string? Continue { get; init; }

    [Proto(4)]
    public long? RemainingItemCount { get; init; }

    [Proto(5)]
    public ShardInfo? ShardInfo { get; init; }
}
