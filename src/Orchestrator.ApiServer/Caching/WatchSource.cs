using System.Runtime.CompilerServices;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// The changes of one kind behind a revision: from the cache's log where it still reaches, else from the store until the log does.
/// </summary>
internal sealed class WatchSource(IKeyValueStore store, CacheHub hub, ResourceDefinition definition)
{
    private const int MaxBatch = 256;

    private readonly ResourceCache cache = hub.Of(definition);
    private readonly CacheEvent[] buffer = new CacheEvent[MaxBatch];
    private long position;
    private bool isInLog;

    /// <summary>Begins right behind what a snapshot of the cache showed.</summary>
    public void StartAt(long logPosition)
    {
        position = logPosition;
        isInLog = true;
    }

    /// <summary>Begins behind a revision. False: the log does not reach back that far; read <see cref="CatchUpAsync"/> first.</summary>
    public bool TryStartBehind(long revision) => isInLog = cache.TryFindPosition(revision, out position);

    /// <summary>Events older than the log, from the store. When it ends, the log goes on without a gap.</summary>
    /// <exception cref="StoreException">Compacted: the revision is no longer kept.</exception>
    public async IAsyncEnumerable<CacheEvent> CatchUpAsync(long revision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in store.WatchAsync(definition.KeyPrefix, revision + 1, cancellationToken))
        {
            foreach (var change in batch.Changes)
                yield return Event(definition, change, batch.Revision);
            // A log that lags behind the store has yet to take what was just sent: to join it now would repeat that.
            if (hub.Progress >= batch.Revision && TryStartBehind(batch.Revision))
                yield break;
        }
    }

    /// <summary>The next events, or none when there are none yet. Valid until the next call.</summary>
    /// <returns>False: this watcher was too slow and has lost its place.</returns>
    public bool TryRead(out ReadOnlySpan<CacheEvent> events)
    {
        var count = isInLog ? cache.ReadLog(ref position, buffer) : -1;
        events = count > 0 ? buffer.AsSpan(0, count) : default;
        return count >= 0;
    }

    /// <returns>False: the limit came first.</returns>
    public ValueTask<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        cache.WaitAsync(position, limit, time, cancellationToken);

    private static CacheEvent Event(ResourceDefinition definition, WatchChange change, long revision)
    {
        var path = change.Key[definition.KeyPrefix.Length..];
        var previous = change.Previous is { } old ? CacheEntry.FromStored(definition, path, old.ModRevision, old.Value.Span) : null;
        if (change.Current is { } current)
        {
            var entry = CacheEntry.FromStored(definition, path, revision, current.Value.Span);
            return new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, revision, entry, previous);
        }

        return new CacheEvent(CacheEventType.Deleted, revision, CacheEntry.Deleted(definition, previous!, revision), previous);
    }
}
