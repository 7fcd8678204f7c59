using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tests.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Caching;

public sealed class WatchSourceTests
{
    private static readonly ResourceDefinition Kind = ResourceDefinition.For<ConfigMap>();

    [Test, CancelAfter(30_000)]
    public async Task CatchUp_CacheLagsBehindTheStore_EachChangeComesOnce(CancellationToken cancellationToken)
    {
        await using var memory = new MemoryStore();
        await using var lagging = new StubbornStore(memory);
        var first = await PutAsync(memory, "a");
        await memory.CommitAsync(StoreTransaction.Create("/registry/other/b", new byte[] { 1 }), cancellationToken);
        await using var following = await FollowingHub.StartAsync(Kind, lagging, cancellationToken);
        // The log begins behind the filling, so this watcher has to read from the store. There, the next change after the first is one
        // that the log has not taken yet.
        lagging.HoldWatches();
        var ahead = new[] { await PutAsync(memory, "c"), await PutAsync(memory, "d") };
        var source = WatchSource.Behind(first - 1, memory, following.Hub, Kind);
        Assert.That(source.TryRead(out _), Is.False);

        var seen = new List<long>();
        long last = 0;
        await foreach (var changes in source.CatchUpAsync(cancellationToken))
        {
            seen.AddRange(changes.Select(change => change.Revision));
            if (changes[^1].Revision != ahead[^1])
                continue;
            lagging.ReleaseWatches();
            last = await PutAsync(memory, "e");
            await following.Hub.WaitForAsync(last, TimeSpan.FromSeconds(10), cancellationToken);
        }

        Assert.That(source.TryRead(out var rest), Is.True);
        Assert.That(seen.Concat(rest.Select(change => change.Revision)), Is.EqualTo(new[] { first, ahead[0], ahead[1], last }));
    }

    [Test, CancelAfter(30_000)]
    public async Task Read_StoreDroppedTheCacheAsSlow_LogGoesOnWithoutAGap(CancellationToken cancellationToken)
    {
        await using var memory = new MemoryStore();
        await using var dropping = new StubbornStore(memory);
        await PutAsync(memory, "a");
        await using var following = await FollowingHub.StartAsync(Kind, dropping, cancellationToken);
        var source = WatchSource.BehindPresent(memory, following.Hub, Kind, out _);

        dropping.NextWatchFailure = StoreError.SlowReader;
        var missed = new[] { await PutAsync(memory, "b"), await PutAsync(memory, "c") };
        Assert.That(await following.Hub.WaitForAsync(missed[^1], TimeSpan.FromSeconds(10), cancellationToken), Is.True);

        Assert.That(dropping.NextWatchFailure, Is.Null);
        Assert.That(source.TryRead(out var events), Is.True);
        Assert.That(events.Select(change => change.Revision), Is.EqualTo(missed));
    }

    [Test, CancelAfter(30_000)]
    public async Task CatchUp_CacheWasFilledAnew_WatcherMissesNothing(CancellationToken cancellationToken)
    {
        await using var memory = new MemoryStore();
        await using var compacted = new StubbornStore(memory);
        await PutAsync(memory, "a");
        await using var following = await FollowingHub.StartAsync(Kind, compacted, cancellationToken);
        var source = WatchSource.BehindPresent(memory, following.Hub, Kind, out _);
        Assert.That(source.TryRead(out _), Is.True);

        // What a compaction behind the cache's back looks like to the cache; the store still holds what this watcher has not seen.
        compacted.NextWatchFailure = StoreError.Compacted;
        var missed = new[] { await PutAsync(memory, "b"), await PutAsync(memory, "c") };
        Assert.That(await following.Hub.WaitForAsync(missed[^1], TimeSpan.FromSeconds(10), cancellationToken), Is.True);

        Assert.That(source.TryRead(out _), Is.False);
        var seen = new List<long>();
        await foreach (var changes in source.CatchUpAsync(cancellationToken))
            seen.AddRange(changes.Select(change => change.Revision));
        var next = await PutAsync(memory, "d");
        await following.Hub.WaitForAsync(next, TimeSpan.FromSeconds(10), cancellationToken);
        Assert.That(source.TryRead(out var rest), Is.True);
        Assert.That(seen.Concat(rest.Select(change => change.Revision)), Is.EqualTo(new[] { missed[0], missed[1], next }));
    }

    [Test, CancelAfter(30_000)]
    public async Task CatchUp_StoreDroppedTheReaderAsSlow_GoesOnBehindWhatItSaw(CancellationToken cancellationToken)
    {
        await using var memory = new MemoryStore();
        await using var dropping = new StubbornStore(memory);
        var before = new[] { await PutAsync(memory, "a"), await PutAsync(memory, "b") };
        await using var following = await FollowingHub.StartAsync(Kind, memory, cancellationToken);

        dropping.NextWatchFailure = StoreError.SlowReader;
        var source = WatchSource.Behind(before[0] - 1, dropping, following.Hub, Kind);
        var seen = new List<long>();
        await foreach (var changes in source.CatchUpAsync(cancellationToken))
            seen.AddRange(changes.Select(change => change.Revision));

        Assert.That(dropping.NextWatchFailure, Is.Null);
        Assert.That(seen, Is.EqualTo(before));
    }

    [Test]
    public void ReadLog_MoreChangesThanWanted_NeverEndsWithinARevision()
    {
        var cache = new ResourceCache(Kind, WatchHistory.Of(1000, TimeSpan.FromMinutes(5)), TimeProvider.System);
        for (var revision = 1; revision <= 3; revision++)
            cache.Apply(revision, [.. Enumerable.Range(0, 4).Select(index => Change($"{revision}-{index}", revision))]);
        var events = new List<CacheEvent>();
        long position = 0;

        Assert.That(cache.TryReadLog(ref position, 6, events), Is.True);
        Assert.That(events.Select(one => one.Revision), Is.EqualTo(new long[] { 1, 1, 1, 1, 2, 2, 2, 2 }));
        Assert.That(cache.TryReadLog(ref position, 6, events), Is.True);
        Assert.That(events.Select(one => one.Revision), Is.EqualTo(new long[] { 3, 3, 3, 3 }));
    }

    private static WatchChange Change(string name, long revision) =>
        new(Kind.Key("default", name), new KeyValue(Kind.Key("default", name), Body(name), revision, revision, 1, 0), null);

    private static byte[] Body(string name) =>
        System.Text.Encoding.UTF8.GetBytes($$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default"}}""");

    private static async Task<long> PutAsync(IKeyValueStore store, string name) =>
        (await store.CommitAsync(StoreTransaction.Create(Kind.Key("default", name), Body(name)), default)).Revision;
}
