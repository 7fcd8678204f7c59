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
    /// <summary>Objects that are there and cannot be read; nearly always none. They are in the tree, too.</summary>
    private readonly Dictionary<string, CacheEntry> unreadable = [];
    private readonly WatchHistory history;
    private readonly TimeProvider time;
    private readonly int maxLogEvents;
    private CacheEvent?[] log;
    private long firstPosition;
    private long nextPosition;
    private long logBytes;
    private long logStart;
    private long lastRevision;
    private HashSet<Waiter> waiting = [];

    public ResourceCache(ResourceDefinition definition, WatchHistory history, TimeProvider time)
    {
        Definition = definition;
        this.history = history;
        this.time = time;
        maxLogEvents = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(history.Events, MinLogEvents));
        log = new CacheEvent?[MinLogEvents];
    }

    public ResourceDefinition Definition { get; }

    /// <summary>Revision of the latest change of this kind.</summary>
    public long LastRevision => Volatile.Read(ref lastRevision);

    /// <summary>The objects that cannot be read.</summary>
    public IReadOnlyList<CacheEntry> Unreadable
    {
        get
        {
            lock (gate)
                return unreadable.Count == 0 ? [] : [.. unreadable.Values];
        }
    }

    /// <summary>About what the objects take in the store, keys included. Looks at each of them.</summary>
    public long CountBytes()
    {
        EntrySnapshot entries;
        lock (gate)
            entries = tree.Snapshot();
        var bytes = 0L;
        foreach (var entry in entries.From(""))
            bytes += Definition.KeyPrefix.Length + entry.Path.Length + entry.Bytes;
        return bytes;
    }

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
                Set(entry);
            }

            foreach (var path in stale)
                Remove(path);
            log = new CacheEvent?[MinLogEvents];
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

    /// <summary>Puts an object in the place of what could not be read of the same revision. Nothing has changed by that.</summary>
    public void Heal(CacheEntry unreadable, CacheEntry entry)
    {
        lock (gate)
        {
            if (ReferenceEquals(tree.Find(unreadable.Path), unreadable))
                Set(entry);
        }
    }

    /// <summary>Gives up the part of the log that is too old.</summary>
    public void DropOld()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (nextPosition > firstPosition && time.GetElapsedTime(log[firstPosition & (log.Length - 1)]!.LoggedAt, now) > history.Age)
                DropOldest();
        }
    }

    private void Apply(WatchChange change, long revision)
    {
        var path = change.Key[Definition.KeyPrefix.Length..];
        if (change.Current is { } current)
        {
            var entry = CacheEntry.FromStored(Definition, path, current);
            var previous = Set(entry);
            Append(new CacheEvent(previous is null ? CacheEventType.Added : CacheEventType.Modified, revision, entry, previous));
        }
        else if (Remove(path) is { } last)
        {
            Append(new CacheEvent(CacheEventType.Deleted, revision, CacheEntry.Deleted(Definition, last, revision), last));
        }
    }

    private void Append(CacheEvent change)
    {
        change.LoggedAt = time.GetTimestamp();
        while (nextPosition > firstPosition && !HasRoomFor(change.LoggedBytes))
            DropOldest();
        if (nextPosition - firstPosition == log.Length)
            Grow();
        log[nextPosition++ & (log.Length - 1)] = change;
        logBytes += change.LoggedBytes;
    }

    /// <summary>A few changes are kept even of large objects, for watchers that are a moment behind; but not at any price.</summary>
    private bool HasRoomFor(int bytes)
    {
        var events = nextPosition - firstPosition;
        return events < maxLogEvents && logBytes + bytes <= (events < MinLogEvents ? history.BytesOfFew : history.Bytes);
    }

    private void Grow()
    {
        var larger = new CacheEvent?[log.Length * 2];
        for (var position = firstPosition; position < nextPosition; position++)
            larger[position & (larger.Length - 1)] = log[position & (log.Length - 1)];
        log = larger;
    }

    private void DropOldest()
    {
        ref var slot = ref log[firstPosition++ & (log.Length - 1)];
        logStart = slot!.Revision;
        logBytes -= slot.LoggedBytes;
        slot = null;
    }

    private CacheEntry? Set(CacheEntry entry)
    {
        if (entry.Fault is not null)
            unreadable[entry.Path] = entry;
        else if (unreadable.Count > 0)
            unreadable.Remove(entry.Path);
        return tree.Set(entry);
    }

    private CacheEntry? Remove(string path)
    {
        unreadable.Remove(path);
        return tree.Remove(path);
    }

    private HashSet<Waiter> TakeWaiting()
    {
        var taken = waiting;
        waiting = taken.Count == 0 ? taken : [];
        return taken.Count == 0 ? NobodyWaiting : taken;
    }
}
