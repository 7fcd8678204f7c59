using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// All objects of one kind as they are sent, and the log of its latest changes. One writer (the hub's watch); any number of
/// readers. Watchers keep a position in the log and read from it at their own pace: one that is slower than the log is long has
/// lost its place and goes on from the store, and never holds up anybody else.
/// </summary>
internal sealed class ResourceCache
{
    private const int MinLogEvents = 256;

    private static readonly HashSet<Waiter> NobodyWaiting = [];

    private readonly Lock gate = new();
    private readonly EntryTree tree = new();
    private readonly CacheEvent?[] log;
    private readonly long maxLogBytes;
    private long firstPosition;
    private long nextPosition;
    private long logBytes;
    private long logStart;
    private long lastRevision;
    private HashSet<Waiter> waiting = [];

    public ResourceCache(ResourceDefinition definition, int historyEvents, long historyBytes)
    {
        Definition = definition;
        log = new CacheEvent?[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(historyEvents, MinLogEvents))];
        maxLogBytes = historyBytes;
    }

    public ResourceDefinition Definition { get; }

    /// <summary>Revision of the latest change of this kind.</summary>
    public long LastRevision => Volatile.Read(ref lastRevision);

    public CacheEntry? Find(string path)
    {
        lock (gate)
            return tree.Find(path);
    }

    /// <param name="progress">A revision the hub had delivered before this call.</param>
    /// <returns>The objects, and the revision as of which they are complete.</returns>
    public (EntrySnapshot Entries, long Revision, long Position) Read(long progress)
    {
        lock (gate)
            return (tree.Snapshot(), Math.Max(progress, lastRevision), nextPosition);
    }

    /// <summary>The objects as of a revision that the hub has passed, if no change came after it.</summary>
    public bool TryReadUnchangedSince(long revision, out EntrySnapshot entries)
    {
        lock (gate)
        {
            entries = lastRevision <= revision ? tree.Snapshot() : default;
            return lastRevision <= revision;
        }
    }

    /// <summary>Where to begin for a watcher that has seen everything up to <paramref name="revision"/>. False: no longer in the log.</summary>
    public bool TryFindPosition(long revision, out long position)
    {
        lock (gate)
        {
            position = nextPosition;
            if (revision < logStart)
                return false;
            long low = firstPosition, high = nextPosition;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (log[middle & (log.Length - 1)]!.Revision <= revision)
                    low = middle + 1;
                else
                    high = middle;
            }

            position = low;
            return true;
        }
    }

    /// <summary>
    /// Replaces what the list holds by events from a position on: about as many as asked for, and never a part of a revision, so that
    /// whoever loses its place can go on behind the last one.
    /// </summary>
    /// <returns>False: the position has left the log.</returns>
    public bool TryReadLog(ref long position, int wanted, List<CacheEvent> target)
    {
        target.Clear();
        lock (gate)
        {
            if (position < firstPosition)
                return false;
            while (position < nextPosition)
            {
                var next = log[position & (log.Length - 1)]!;
                if (target.Count >= wanted && next.Revision != target[^1].Revision)
                    break;
                target.Add(next);
                position++;
            }

            return true;
        }
    }

    /// <summary>Waits until something lies behind the position.</summary>
    /// <returns>False: the limit came first.</returns>
    public async ValueTask<bool> WaitAsync(long position, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var waiter = new Waiter();
        lock (gate)
        {
            if (position < nextPosition)
                return true;
            waiting.Add(waiter);
        }

        try
        {
            return await waiter.WaitAsync(limit, time, cancellationToken);
        }
        finally
        {
            lock (gate)
                waiting.Remove(waiter);
        }
    }

    /// <summary>Fills the cache from a complete read. Watchers on an older filling have lost their place.</summary>
    public void Reset(IEnumerable<CacheEntry> entries, long revision)
    {
        HashSet<Waiter> informed;
        lock (gate)
        {
            var stale = new HashSet<string>();
            foreach (var entry in tree.Snapshot().From(""))
                stale.Add(entry.Path);
            foreach (var entry in entries)
            {
                stale.Remove(entry.Path);
                tree.Set(entry);
            }

            foreach (var path in stale)
                tree.Remove(path);
            Array.Clear(log);
            nextPosition++;
            firstPosition = nextPosition;
            logBytes = 0;
            logStart = revision;
            lastRevision = revision;
            informed = TakeWaiting();
        }

        foreach (var waiter in informed)
            waiter.Signal();
    }

    /// <summary>Applies all changes of one revision at once.</summary>
    public void Apply(long revision, List<WatchChange> changes)
    {
        HashSet<Waiter> informed;
        lock (gate)
        {
            foreach (var change in changes)
                Apply(change, revision);
            Volatile.Write(ref lastRevision, revision);
            informed = TakeWaiting();
        }

        foreach (var waiter in informed)
            waiter.Signal();
    }

    private void Apply(WatchChange change, long revision)
    {
        var path = change.Key[Definition.KeyPrefix.Length..];
        if (change.Current is { } current)
        {
            var entry = CacheEntry.FromStored(Definition, path, revision, current.Value.Span);
            var previous = tree.Set(entry);
            Append(new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, revision, entry, previous));
        }
        else if (tree.Remove(path) is { } last)
        {
            Append(new CacheEvent(CacheEventType.Deleted, revision, CacheEntry.Deleted(Definition, last, revision), last));
        }
    }

    private void Append(CacheEvent change)
    {
        while (nextPosition - firstPosition == log.Length || (logBytes > maxLogBytes && nextPosition - firstPosition > MinLogEvents))
            DropOldest();
        log[nextPosition++ & (log.Length - 1)] = change;
        logBytes += change.Current.Json.Length;
    }

    private void DropOldest()
    {
        ref var slot = ref log[firstPosition++ & (log.Length - 1)];
        logStart = slot!.Revision;
        logBytes -= slot.Current.Json.Length;
        slot = null;
    }

    private HashSet<Waiter> TakeWaiting()
    {
        var taken = waiting;
        waiting = taken.Count == 0 ? taken : [];
        return taken.Count == 0 ? NobodyWaiting : taken;
    }
}
