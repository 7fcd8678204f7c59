using System.Runtime.CompilerServices;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// The changes of one kind behind a revision, in order, each once: from the cache's log where it reaches, else from the store until the
/// log does. One reader.
/// </summary>
internal sealed class WatchSource
{
    private const int WantedBatch = 256;
    private const long NotInLog = -1;

    private readonly IKeyValueStore store;
    private readonly CacheHub hub;
    private readonly ResourceDefinition definition;
    private readonly ResourceCache cache;
    private readonly List<CacheEvent> batch = [];
    private long position;

    private WatchSource(IKeyValueStore store, CacheHub hub, ResourceDefinition definition)
    {
        this.store = store;
        this.hub = hub;
        this.definition = definition;
        cache = hub.Of(definition);
    }

    /// <summary>Everything up to this revision was handed out.</summary>
    public long Passed { get; private set; }

    /// <summary>The objects there are, and the changes behind them.</summary>
    public static WatchSource BehindPresent(IKeyValueStore store, CacheHub hub, ResourceDefinition definition, out EntrySnapshot entries)
    {
        var source = new WatchSource(store, hub, definition);
        (entries, source.Passed, source.position) = source.cache.Read(hub.Progress);
        return source;
    }

    public static WatchSource Behind(long revision, IKeyValueStore store, CacheHub hub, ResourceDefinition definition)
    {
        var source = new WatchSource(store, hub, definition) { Passed = revision };
        source.TryJoinLog();
        return source;
    }

    /// <summary>The next events of the log, or none when there are none yet. Valid until the next call.</summary>
    /// <returns>False: what comes next is not in the log (any more); read <see cref="CatchUpAsync"/> first.</returns>
    public bool TryRead(out List<CacheEvent> events)
    {
        events = batch;
        // Read before the log: whatever the log lacks afterwards is behind this revision.
        var progress = hub.Progress;
        if (!cache.TryReadLog(ref position, WantedBatch, batch))
            return false;
        Passed = Math.Max(Passed, batch.Count > 0 ? batch[^1].Revision : progress);
        return true;
    }

    /// <summary>Events that the log lacks, from the store, one revision at a time. When it ends, the log goes on without a gap.</summary>
    /// <exception cref="StoreException">
    /// Compacted: what comes next is no longer kept. Unavailable: the store has gone. What was handed out before was complete.
    /// </exception>
    public async IAsyncEnumerable<List<CacheEvent>> CatchUpAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        position = NotInLog;
        while (position == NotInLog)
        {
            await using var changes = store.WatchAsync(definition.KeyPrefix, Passed + 1, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (position == NotInLog && await TryMoveAsync(changes))
            {
                batch.Clear();
                foreach (var change in changes.Current.Changes)
                    batch.Add(Event(definition, change, changes.Current.Revision));
                if (batch.Count > 0)
                    yield return batch;
                Passed = Math.Max(Passed, changes.Current.Revision);
                // A log that lags behind the store has yet to take what was just sent: to join it now would repeat that.
                if (hub.Progress >= Passed)
                    TryJoinLog();
            }
        }
    }

    /// <returns>False: the limit came first.</returns>
    public ValueTask<bool> WaitAsync(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken) =>
        cache.WaitAsync(position, limit, time, cancellationToken);

    private void TryJoinLog() => position = cache.TryFindPosition(Passed, out var found) ? found : NotInLog;

    /// <returns>False: this reader was too slow for the store, which can be read again from where it was.</returns>
    private static async ValueTask<bool> TryMoveAsync(IAsyncEnumerator<WatchBatch> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (StoreException error) when (error.Error == StoreError.SlowReader)
        {
            return false;
        }
    }

    private static CacheEvent Event(ResourceDefinition definition, WatchChange change, long revision)
    {
        var path = change.Key[definition.KeyPrefix.Length..];
        var previous = change.Previous is { } old ? CacheEntry.FromStored(definition, path, old) : null;
        if (change.Current is { } current)
        {
            var entry = CacheEntry.FromStored(definition, path, current);
            return new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, revision, entry, previous);
        }

        return new CacheEvent(CacheEventType.Deleted, revision, CacheEntry.Deleted(definition, previous!, revision), previous);
    }
}
