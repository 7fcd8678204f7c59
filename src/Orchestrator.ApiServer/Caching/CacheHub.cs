using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>
/// Keeps the caches of all kinds with one watch of the store, in the store's order: whatever the hub's progress has passed is in
/// every cache. One watch rather than one per kind, so that a kind which does not change is known to be fresh.
/// </summary>
internal sealed partial class CacheHub
{
    public const string RootPrefix = "/registry/";

    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromSeconds(5);

    /// <summary>How often what cannot be read is tried again: the key that it needs may have come.</summary>
    private static readonly TimeSpan HealInterval = TimeSpan.FromSeconds(5);

    /// <summary>How often old history is looked for, as long as anything changes.</summary>
    private static readonly TimeSpan TrimInterval = TimeSpan.FromMinutes(1);

    private readonly IKeyValueStore store;
    private readonly TimeProvider time;
    private readonly ILogger<CacheHub> logger;
    /// <summary>In the order of the registry: a dictionary by reference has another order in each process.</summary>
    private readonly ResourceCache[] caches;
    private readonly FrozenDictionary<ResourceDefinition, ResourceCache> byDefinition;
    private readonly FrozenDictionary<string, ResourceCache[]>.AlternateLookup<ReadOnlySpan<char>> byPrefix;
    private readonly Dictionary<ResourceCache, List<WatchChange>> pending = [];
    private readonly Lock gate = new();
    private readonly PriorityQueue<Waiter, long> waiters = new();
    private HashSet<string> toldFaults = [];
    private long progress;
    private long trimmedAt;
    private string? fault;
    private Task healing = Task.CompletedTask;
    private bool isHealing;

    public CacheHub(IKeyValueStore store, ResourceRegistry resources, ApiServerOptions options, TimeProvider time, ILogger<CacheHub> logger)
    {
        this.store = store;
        this.time = time;
        this.logger = logger;
        trimmedAt = time.GetTimestamp();
        var history = WatchHistory.Of(options.WatchHistoryEvents, options.WatchHistoryAge);
        caches = [.. resources.All.Where(one => one.IsStored).Select(one => new ResourceCache(one, history, time))];
        byDefinition = caches.ToFrozenDictionary(cache => cache.Definition, (IEqualityComparer<ResourceDefinition>)ReferenceEqualityComparer.Instance);
        byPrefix = caches.GroupBy(cache => cache.Definition.KeyPrefix)
            .ToFrozenDictionary(group => group.Key, group => group.ToArray()).GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Everything up to this revision is in the caches.</summary>
    public long Progress => Volatile.Read(ref progress);

    /// <summary>Whether the caches have been filled for the first time. No store's revision is 0.</summary>
    public bool IsFilled => Progress > 0;

    /// <summary>How many calls wait for a revision.</summary>
    internal int Waiting
    {
        get
        {
            lock (gate)
                return waiters.Count;
        }
    }

    /// <summary>What keeps the caches from following the store, or what in it cannot be read; null when all is well.</summary>
    public string? Fault => Volatile.Read(ref fault) ?? caches.SelectMany(cache => cache.Unreadable).FirstOrDefault()?.Fault;

    /// <summary>Waits until the caches are filled for the first time.</summary>
    public async ValueTask WaitUntilFilledAsync(CancellationToken cancellationToken)
    {
        if (NewWaiter(1) is { } waiter)
            await WaitAsync(waiter, Timeout.InfiniteTimeSpan, cancellationToken);
    }

    /// <summary>About what present objects take in the store; null before they are known.</summary>
    public long? CountBytes() => IsFilled ? byPrefix.Dictionary.Values.Sum(same => same[0].CountBytes()) : null;

    public ResourceCache Of(ResourceDefinition definition) => byDefinition[definition];

    /// <summary>Fills the caches and follows the store until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await FollowAsync(cancellationToken);
        await healing;
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        long position = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (position == 0)
                    position = await FillAsync(cancellationToken);
                Volatile.Write(ref fault, null);
                await foreach (var batch in store.WatchAsync(RootPrefix, position + 1, cancellationToken))
                {
                    Apply(batch, cancellationToken);
                    position = batch.Revision;
                    retry = FirstRetry;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (StoreException error) when (error.Error != StoreError.Corrupt)
            {
                LogWatchEnded(error.Error, error.Message);
                // Only a read can follow a history that is gone; a store that was away, or was too fast, goes on where it stopped.
                if (error.Error == StoreError.Compacted)
                    position = 0;
                await PauseAsync(retry, cancellationToken);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
            catch (Exception error)
            {
                // The store is damaged, or holds what no API server wrote. To pass it over would be to say that it is not there.
                LogCannotFollow(error);
                Volatile.Write(ref fault, error.Message);
                pending.Clear();
                position = 0;
                await PauseAsync(retry, cancellationToken);
                retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
            }
        }
    }

    /// <summary>
    /// Waits until the caches hold everything up to a revision.
    /// </summary>
    /// <returns>False when that took longer than <paramref name="timeout"/>.</returns>
    public async ValueTask<bool> WaitForAsync(long revision, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (NewWaiter(revision) is not { } waiter)
            return true;
        try
        {
            await store.RequestProgressAsync(RootPrefix, cancellationToken);
        }
        catch
        {
            Forget(waiter);
            throw;
        }

        return await WaitAsync(waiter, timeout, cancellationToken);
    }

    /// <summary>A waiter whose time is over is forgotten: the revision it waits for may never come, and anybody can name one.</summary>
    private async ValueTask<bool> WaitAsync(Waiter waiter, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var came = false;
        try
        {
            return came = await waiter.WaitAsync(timeout, time, cancellationToken);
        }
        finally
        {
            if (!came)
                Forget(waiter);
        }
    }

    private void Forget(Waiter waiter)
    {
        lock (gate)
            waiters.Remove(waiter, out _, out _);
    }

    /// <summary>Null when the revision has been passed.</summary>
    private Waiter? NewWaiter(long revision)
    {
        if (Progress >= revision)
            return null;
        var waiter = new Waiter();
        lock (gate)
        {
            if (progress >= revision)
                return null;
            waiters.Enqueue(waiter, revision);
        }

        return waiter;
    }

    private async Task PauseAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, time, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it too, and ends.
        }
    }

    private async Task<long> FillAsync(CancellationToken cancellationToken)
    {
        var range = await store.RangeAsync(new RangeRequest { Prefix = RootPrefix }, cancellationToken);
        var entries = caches.ToDictionary(cache => cache, _ => new List<CacheEntry>());
        foreach (var item in range.Items)
        {
            foreach (var cache in CachesOf(item.Key))
                entries[cache].Add(CacheEntry.FromStored(cache.Definition, item.Key[cache.Definition.KeyPrefix.Length..], item));
        }

        foreach (var (cache, items) in entries)
            cache.Reset(items, range.Revision);
        LookForFaults(cancellationToken);
        Advance(range.Revision);
        return range.Revision;
    }

    private void Apply(WatchBatch batch, CancellationToken cancellationToken)
    {
        TrimSometimes();
        var mayHaveFaults = false;
        foreach (var change in batch.Changes)
        {
            foreach (var cache in CachesOf(change.Key))
            {
                if (!pending.TryGetValue(cache, out var changes))
                    pending[cache] = changes = [];
                changes.Add(change);
            }
        }

        foreach (var (cache, changes) in pending)
        {
            if (changes.Count == 0)
                continue;
            cache.Apply(batch.Revision, changes);
            changes.Clear();
            mayHaveFaults |= cache.Unreadable.Count > 0;
        }

        if (mayHaveFaults)
            LookForFaults(cancellationToken);
        Advance(batch.Revision);
    }

    private void TrimSometimes()
    {
        var now = time.GetTimestamp();
        if (time.GetElapsedTime(trimmedAt, now) < TrimInterval)
            return;
        trimmedAt = now;
        foreach (var cache in caches)
            cache.DropOld();
    }

    /// <summary>Tells of what cannot be read, once, and begins to try it again.</summary>
    private void LookForFaults(CancellationToken cancellationToken)
    {
        var faults = caches.SelectMany(cache => cache.Unreadable).Select(entry => entry.Fault!).ToHashSet();
        foreach (var one in faults)
        {
            if (!toldFaults.Contains(one))
                LogUnreadable(one);
        }

        toldFaults = faults;
        lock (gate)
        {
            if (isHealing || faults.Count == 0)
                return;
            isHealing = true;
        }

        healing = HealAsync(cancellationToken);
    }

    /// <summary>
    /// Reads again what could not be read, until there is none left. Its revision stays as it is: not the store has changed, but what
    /// can be made of it.
    /// </summary>
    private async Task HealAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await PauseAsync(HealInterval, cancellationToken);
            foreach (var cache in caches)
            {
                foreach (var entry in cache.Unreadable)
                    await TryHealAsync(cache, entry, cancellationToken);
            }

            lock (gate)
            {
                if (!cancellationToken.IsCancellationRequested && caches.Any(cache => cache.Unreadable.Count > 0))
                    continue;
                isHealing = false;
                return;
            }
        }
    }

    private async Task TryHealAsync(ResourceCache cache, CacheEntry entry, CancellationToken cancellationToken)
    {
        try
        {
            var found = await store.GetAsync(cache.Definition.KeyPrefix + entry.Path, 0, cancellationToken);
            // Of another revision: that comes with the watch.
            if (found.KeyValue is { } item && item.ModRevision == entry.Revision && CacheEntry.FromStored(cache.Definition, entry.Path, item) is { Fault: null } read)
                cache.Heal(entry, read);
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException)
        {
            // As before, or the store has gone: it is tried again.
        }
    }

    private void Advance(long revision)
    {
        lock (gate)
        {
            Volatile.Write(ref progress, revision);
            while (waiters.TryPeek(out var waiter, out var wanted) && wanted <= revision)
            {
                waiters.Dequeue();
                waiter.Signal();
            }
        }
    }

    /// <summary>Keys are /registry/resource/... or /registry/group/resource/...; no core resource is named like a group.</summary>
    private ResourceCache[] CachesOf(string key)
    {
        var end = key.IndexOf('/', RootPrefix.Length);
        if (end < 0)
            return [];
        if (byPrefix.TryGetValue(key.AsSpan(0, end + 1), out var caches))
            return caches;
        end = key.IndexOf('/', end + 1);
        return end >= 0 && byPrefix.TryGetValue(key.AsSpan(0, end + 1), out caches) ? caches : [];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch of the store ended with {Error}: {Reason}")]
    private partial void LogWatchEnded(StoreError error, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "An object cannot be read, and lists of its kind are refused: {Fault}")]
    private partial void LogUnreadable(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The watch caches cannot follow the store; they are filled again until they can")]
    private partial void LogCannotFollow(Exception error);
}
