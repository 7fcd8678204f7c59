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
