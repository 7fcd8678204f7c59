using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Registry;

/// <summary>
/// Gives keys a time to live: all keys written within a share of time hang on one lease, so that leases stay few. A key lives at
/// least its time, and at most a share longer. Thread-safe.
/// </summary>
internal sealed class SharedLease(IKeyValueStore store, TimeProvider time, TimeSpan timeToLive, TimeSpan share)
{
    private readonly Lock gate = new();
    private Task<long>? lease;
    private DateTimeOffset shareEnds;

    /// <exception cref="Api.Errors.ApiException">The store refused.</exception>
    public async ValueTask<long> GetAsync(CancellationToken cancellationToken)
    {
        Task<long> current;
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (lease is null || now >= shareEnds || lease.IsFaulted || lease.IsCanceled)
            {
                lease = store.GrantLeaseAsync(timeToLive + share, CancellationToken.None).AsTask();
                shareEnds = now + share;
            }

            current = lease;
        }

        try
        {
            return await current.WaitAsync(cancellationToken);
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }

    /// <summary>
    /// Commits what is made with the lease: once more with another one when the store does not know it any more, such as after it was
    /// restored from a backup.
    /// </summary>
    /// <exception cref="StoreException">The store refused the transaction.</exception>
    /// <exception cref="Api.Errors.ApiException">The store refused a lease.</exception>
    public async ValueTask<CommitResult> CommitAsync(Func<long, StoreTransaction> transaction, CancellationToken cancellationToken)
    {
        var current = await GetAsync(cancellationToken);
        try
        {
            return await store.CommitAsync(transaction(current), cancellationToken);
        }
        catch (StoreException error) when (error.Error == StoreError.LeaseNotFound)
        {
            Drop(current);
            return await store.CommitAsync(transaction(await GetAsync(cancellationToken)), cancellationToken);
        }
    }

    /// <summary>Forgets a lease the store no longer knows; the next key gets a new one.</summary>
    public void Drop(long lost)
    {
        lock (gate)
        {
            if (lease is { IsCompletedSuccessfully: true } known && known.Result == lost)
                lease = null;
        }
    }
}
