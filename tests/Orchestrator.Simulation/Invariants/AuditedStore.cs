using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Shows the audit what each read of the store returned, at the moment of the read.</summary>
internal sealed class AuditedStore(IKeyValueStore inner, StoreAudit audit) : IKeyValueStore
{
    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var result = await inner.GetAsync(key, revision, cancellationToken);
        audit.Read(key, revision, result);
        return result;
    }

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var result = await inner.RangeAsync(request, cancellationToken);
        audit.Read(request, result);
        return result;
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => inner.GetRevisionAsync(cancellationToken);

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) => inner.CommitAsync(transaction, cancellationToken);

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
        inner.WatchAsync(prefix, fromRevision, cancellationToken);

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) => inner.RequestProgressAsync(prefix, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) => inner.GetStatusAsync(cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) => inner.GetCompactedRevisionAsync(cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => inner.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => inner.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(leaseId, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
