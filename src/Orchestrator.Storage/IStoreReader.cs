namespace Orchestrator.Storage;

/// <summary>The reading side of a store, which a copy or a backup needs.</summary>
public interface IStoreReader : IAsyncDisposable
{
    /// <summary>The revision of the latest committed transaction (a fresh store is at 1, like etcd).</summary>
    ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken);

    /// <summary>Reads a range of keys in key order, now or at a revision.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Compacted"/> or <see cref="StoreError.FutureRevision"/>.</exception>
    ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken);
}
