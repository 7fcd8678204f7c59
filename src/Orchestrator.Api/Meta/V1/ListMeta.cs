namespace Orchestrator.Api.Meta.V1;

/// <summary>Bookkeeping of a list.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ListMeta")]
public sealed record ListMeta
{
    /// <summary>No longer set.</summary>
    [Proto(1)]
    public string? SelfLink { get; init; }

    /// <summary>Version of the object in the store; changes with every write. Opaque to clients.</summary>
    [Proto(2)]
    public string? ResourceVersion { get; init; }

    /// <summary>Where the next page of the list starts.</summary>
    [Proto(3)]
    public string? Continue { get; init; }

    /// <summary>How many items follow; may be missing.</summary>
    [Proto(4)]
    public long? RemainingItemCount { get; init; }

    /// <summary>Which shard of the list this is.</summary>
    [Proto(5)]
    public ShardInfo? ShardInfo { get; init; }
}
