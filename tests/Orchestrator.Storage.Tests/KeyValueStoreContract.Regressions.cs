using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests;

/// <summary>What etcd and kine have got wrong at some time; each test names the fault.</summary>
internal abstract partial class KeyValueStoreContract
{
    // A tombstone at the compacted revision is lost to a watch from there, and a put has no predecessor: etcd issue 19179.
    [Test]
    public async Task Watch_FromExactlyTheCompactedRevision_EndsCompacted()
    {
        await PutAsync("a", "1");
        var deleted = await DeleteAsync("a");
        await PutAsync("a", "2");
        await Store.CompactAsync(deleted.Revision, default);

        await using var watch = WatchReader.From(Store, Prefix, deleted.Revision);
        await using var next = WatchReader.From(Store, Prefix, deleted.Revision + 1);

        AssertFails(StoreError.Compacted, () => watch.ReadChangesAsync());
        Assert.That(Describe(await next.ReadChangesAsync()), Is.EqualTo(["a: (absent) -> 2"]));
    }

    // An update whose predecessor is gone must not look like a creation: prev_kv is silently left out by etcd.
    [Test]
    public async Task Watch_FromTheCompactedRevisionWhichIsAnUpdate_EndsCompacted()
    {
        await PutAsync("a", "1");
        var updated = await PutAsync("a", "2");
        await PutAsync("b", "1");
        await Store.CompactAsync(updated.Revision, default);

        await using var watch = WatchReader.From(Store, Prefix, updated.Revision);

        AssertFails(StoreError.Compacted, () => watch.ReadChangesAsync());
    }

    // A reader far behind was carried over the compacted part without being told: kine before 0.9.
    [Test]
    public async Task Watch_CompactionOvertakesASlowReader_EndsWithoutAGap()
    {
        const int changes = 1200;
        await ReplaceStoreAsync(new WatchOptions { HistoryPageRows = 10 });
        var first = await PutAsync("n", "0");
        await PutManyAsync(1, changes);
        await using var watch = WatchReader.From(Store, Prefix, first.Revision);
        Assert.That(Text((await watch.ReadChangeAsync()).Current), Is.EqualTo("0"));

        await Store.CompactAsync(await Store.GetRevisionAsync(default), default);

        var next = 1;
        AssertFails(StoreError.Compacted, async () =>
        {
            for (; next <= changes; next++)
                Assert.That(Text((await watch.ReadChangeAsync()).Current), Is.EqualTo($"{next}"), "what comes before the end is without gaps");
            throw new StoreException(StoreError.Compacted, "all of it came, which is as good");
        });
    }

    [Test]
    public async Task Watch_UpToDateWhenCompacted_GoesOn()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        for (var i = 1; i <= 10; i++)
        {
            var written = await PutAsync("a", $"{i}");
            Assert.That((await watch.ReadChangesAsync()).Revision, Is.EqualTo(written.Revision));
            await Store.CompactAsync(written.Revision, default);
        }
    }

    // A client that reconnects goes on behind the last revision it saw, whichever that is.
    [Test]
    public async Task Watch_ReconnectedBehindEachRevision_SeesTheSameRest()
    {
        var first = await PutAsync("a", "1");
        await PutAsync("b", "1");
        await DeleteAsync("a");
        await Store.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key("a"), Bytes("2")), StoreChange.Delete(Key("b"))]), default);
        var last = await PutAsync("a", "3");
        var all = await ReadBatchesAsync(first.Revision, last.Revision);

        for (var seen = first.Revision; seen < last.Revision; seen++)
        {
            var rest = await ReadBatchesAsync(seen + 1, last.Revision);
            Assert.That(rest, Is.EqualTo(all.Where(batch => batch.Revision > seen)));
        }
    }

    [Test]
    public async Task Watch_ResumedAfterTheStoreWasReopened_MissesAndRepeatsNothing()
    {
        var seen = await PutAsync("a", "1");
        await PutAsync("a", "2");
        await DeleteAsync("a");
        if (!await TryReopenAsync())
            Assert.Ignore("this store keeps nothing");
        await PutAsync("a", "3");

        await using var watch = WatchReader.From(Store, Prefix, seen.Revision + 1);

        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 1 -> 2"]));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 2 -> (absent)"]));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: (absent) -> 3"]));
    }

    [Test]
    public async Task Watch_DroppedAsSlow_ResumesBehindWhatItSaw()
    {
        const int changes = 30;
        await ReplaceStoreAsync(new WatchOptions { MaxPendingBytes = 50_000 });
        await using var slow = await WatchReader.FromNowAsync(Store, Prefix);
        await using var lively = await WatchReader.FromNowAsync(Store, Prefix);
        var value = new string('x', 10_000);
        for (var i = 0; i < changes; i++)
        {
            await PutAsync("a", $"{i}{value}");
            await lively.ReadChangesAsync();
        }

        var (seen, next) = (slow.StartRevision, 0);
        AssertFails(StoreError.SlowReader, async () =>
        {
            for (; next < changes; next++)
            {
                var batch = await slow.ReadChangesAsync();
                Assert.That(Text(batch.Changes.Single().Current), Does.StartWith($"{next}x"));
                seen = batch.Revision;
            }
        });
        await using var resumed = WatchReader.From(Store, Prefix, seen + 1);
        for (; next < changes; next++)
            Assert.That(Text((await resumed.ReadChangeAsync()).Current), Does.StartWith($"{next}x"));
    }

    // A store that compares two polls of its table sees one update here: early kine drivers.
    [Test]
    public async Task Watch_DeletedAndCreatedAgainAtOnce_ShowsBoth()
    {
        var start = await PutAsync("a", "1");
        await using var live = await WatchReader.FromNowAsync(Store, Prefix);

        await Task.WhenAll(DeleteAsync("a"), PutAsync("b", "x"));
        await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("2")), default);
        await DeleteAsync("b");

        await using var past = WatchReader.From(Store, Prefix, start.Revision + 1);
        foreach (var watch in new[] { live, past })
        {
            List<WatchChange> changes = [];
            while (changes.Count < 4)
                changes.AddRange((await watch.ReadChangesAsync()).Changes);
            var ofA = changes.Where(change => change.Key == Key("a")).ToArray();
            Assert.That(ofA.Select(change => (Text(change.Previous), Text(change.Current))), Is.EqualTo([("1", "(absent)"), ("(absent)", "2")]));
            Assert.That(ofA[1].Current!.Version, Is.EqualTo(1));
        }
    }

    // Events of one revision were split over several messages, or exceeded the limit of one.
    [Test]
    public async Task Watch_VeryLargeTransactions_StayWhole()
    {
        const int keys = StoreLimits.MaxOperationsPerTransaction, rounds = 4;
        await ReplaceStoreAsync(new WatchOptions { HistoryPageRows = 10 });
        var value = new string('v', (StoreLimits.MaxTransactionBytes / keys) - 200);
        await using var live = await WatchReader.FromNowAsync(Store, Prefix);

        for (var round = 0; round < rounds; round++)
        {
            var changes = Enumerable.Range(0, keys).Select(i => StoreChange.Put(Key($"{i:000}"), Bytes($"{round}{value}"))).ToArray();
            Assert.That((await Store.CommitAsync(new StoreTransaction([], changes), default)).Committed, Is.True);
        }

        await using var past = WatchReader.From(Store, Prefix, live.StartRevision + 1);
        foreach (var watch in new[] { live, past })
        {
            for (var round = 0; round < rounds; round++)
            {
                var batch = await watch.ReadChangesAsync();
                Assert.That(batch.Changes.Select(change => change.Key).Distinct().Count(), Is.EqualTo(keys));
                Assert.That(batch.Changes.Select(change => Text(change.Current)[0]), Has.All.EqualTo((char)('0' + round)));
                Assert.That(batch.Changes.Select(change => change.Previous is null), Has.All.EqualTo(round == 0));
            }
        }
    }

    // An acknowledged write was lost when the only node was killed: etcd issue 14370.
    [Test]
    public async Task Commit_WritersUnderWayWhenTheStoreEnds_EveryAcknowledgedWriteIsThere()
    {
        const int writers = 8;
        var acknowledged = new long[writers];
        var enough = new TaskCompletionSource();
        var writing = Enumerable.Range(0, writers).Select(writer => WriteUntilRefusedAsync(writer)).ToArray();
        await enough.Task;

        var reopened = await TryReopenAsync();
        if (!reopened)
            await Store.DisposeAsync();
        await Task.WhenAll(writing);

        if (!reopened)
            Assert.Ignore("this store keeps nothing");
        for (var writer = 0; writer < writers; writer++)
        {
            var stored = await GetAsync($"{writer}");
            // One more may have been written without an answer.
            Assert.That(stored?.Version, Is.EqualTo(acknowledged[writer]).Or.EqualTo(acknowledged[writer] + 1));
            Assert.That(Text(stored), Is.EqualTo($"{stored!.Version}"));
        }

        async Task WriteUntilRefusedAsync(int writer)
        {
            await Task.Yield();
            try
            {
                var store = Store;
                while (true)
                {
                    var change = StoreChange.Put(Key($"{writer}"), Bytes($"{acknowledged[writer] + 1}"));
                    await store.CommitAsync(new StoreTransaction([], [change]), default);
                    if (++acknowledged[writer] == 20)
                        enough.TrySetResult();
                }
            }
            catch (StoreException error) when (error.Error == StoreError.Unavailable)
            {
                // The end that was waited for.
            }
        }
    }

    [Test]
    public async Task Reads_OfManyAtOnceWhileWriting_NeverGoBackwards()
    {
        await PutAsync("a", "0");
        using var done = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadForwardAsync(done.Token))).ToArray();

        for (var i = 1; i <= 150; i++)
            await PutAsync("a", $"{i}");

        await done.CancelAsync();
        await Task.WhenAll(reading);

        async Task ReadForwardAsync(CancellationToken stop)
        {
            var (revision, value) = (0L, 0);
            while (!stop.IsCancellationRequested)
            {
                var read = await Store.GetAsync(Key("a"), 0, default);
                var seen = int.Parse(Text(read.KeyValue));
                Assert.That(read.Revision, Is.GreaterThanOrEqualTo(revision));
                Assert.That(seen, Is.GreaterThanOrEqualTo(value));
                Assert.That(read.KeyValue!.ModRevision, Is.LessThanOrEqualTo(read.Revision));
                (revision, value) = (Math.Max(read.Revision, await Store.GetRevisionAsync(default)), seen);
            }
        }
    }

    [Test]
    public async Task Range_PagesAtOneRevision_AreOneMomentUntilItIsCompacted()
    {
        for (var i = 0; i < 10; i++)
            await PutAsync($"{i}", "old");
        var page = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 4 }, default);
        var moment = page.Revision;
        for (var i = 0; i < 10; i += 2)
            await DeleteAsync($"{i}");
        await PutAsync("5", "new");

        var second = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 4, StartKey = page.Items[^1].Key + "\0", Revision = moment }, default);
        Assert.That(second.Items.Select(item => (item.Key[Prefix.Length..], Text(item))), Is.EqualTo([("4", "old"), ("5", "old"), ("6", "old"), ("7", "old")]));
        Assert.That((second.More, second.Count), Is.EqualTo((true, 6L)));

        await Store.CompactAsync(await Store.GetRevisionAsync(default), default);
        AssertFails(StoreError.Compacted, async () => await Store.RangeAsync(new RangeRequest { Prefix = Prefix, StartKey = second.Items[^1].Key + "\0", Revision = moment }, default));
    }

    // A read of the past that runs beside a compaction shows that moment or says that it is gone; never half of it.
    [Test]
    public async Task Range_BesideACompaction_IsCompleteOrCompacted()
    {
        const int keys = 20;
        for (var round = 0; round < 5; round++)
        {
            for (var i = 0; i < keys; i++)
                await PutAsync($"{i}", $"{round}");
            var moment = await Store.GetRevisionAsync(default);
            for (var i = 0; i < keys; i++)
                await PutAsync($"{i}", "later");

            var compacting = Store.CompactAsync(await Store.GetRevisionAsync(default), default).AsTask();
            try
            {
                while (true)
                {
                    var read = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Revision = moment }, default);
                    Assert.That(read.Items.Select(Text), Is.EqualTo(Enumerable.Repeat($"{round}", keys)));
                }
            }
            catch (StoreException error) when (error.Error == StoreError.Compacted)
            {
                // From now on it stays so.
                AssertFails(StoreError.Compacted, async () => await Store.GetAsync(Key("0"), moment, default));
            }
            await compacting;
        }
    }

    [Test]
    public async Task Compact_SeveralAtOnce_TheHighestHolds()
    {
        List<long> revisions = [];
        for (var i = 0; i < 20; i++)
            revisions.Add((await PutAsync("a", $"{i}")).Revision);

        await Task.WhenAll(revisions.Select(revision => Store.CompactAsync(revision, default).AsTask()));

        Assert.That(await Store.GetCompactedRevisionAsync(default), Is.EqualTo(revisions[^1]));
        Assert.That(Text(await GetAsync("a", revisions[^1])), Is.EqualTo("19"));
    }

    // A progress mark overtook events, and caches believed themselves fresh: etcd issue 15220.
    [Test]
    public async Task RequestProgress_WhileManyWrite_NoMarkPromisesWhatHasNotCome()
    {
        const int writers = 4, writes = 40;
        await using var watch = await WatchReader.FromNowAsync(Store, Key("mine/"));
        var acknowledged = new System.Collections.Concurrent.ConcurrentQueue<long>();
        var writing = Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            await Task.Yield();
            for (var i = 0; i < writes; i++)
            {
                acknowledged.Enqueue((await PutAsync($"mine/{writer}", $"{i}")).Revision);
                await PutAsync($"other/{writer}", $"{i}");
                await Store.RequestProgressAsync(Key("mine/"), default);
            }
        }));

        var delivered = new HashSet<long>();
        while (delivered.Count < writers * writes)
        {
            var batch = await watch.ReadAsync();
            if (batch.Changes.Count > 0)
                Assert.That(delivered.Add(batch.Revision), Is.True, "a revision came twice");
            else
                Assert.That(acknowledged.Where(revision => revision <= batch.Revision), Is.SubsetOf(delivered), $"the mark {batch.Revision}");
        }
        await writing;
        Assert.That(delivered, Is.EquivalentTo(acknowledged));
    }

    [Test]
    public async Task Lease_RevokedByManyAtOnce_EndsOnce()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        await PutAsync("a", "1", lease);
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);

        var results = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Store.RevokeLeaseAsync(lease, default).AsTask()));
        var after = await PutAsync("b", "1");

        Assert.That(results.Count(ended => ended), Is.EqualTo(1));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 1 -> (absent)"]));
        Assert.That((await watch.ReadChangesAsync()).Revision, Is.EqualTo(after.Revision), "nothing was deleted twice");
    }

    // A key attached while its lease ended stayed behind for ever.
    [Test]
    public async Task Lease_WritesRaceWithItsEnd_NoKeyOutlivesIt()
    {
        for (var round = 0; round < 10; round++)
        {
            var lease = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
            var writing = Enumerable.Range(0, 8).Select(i => TryPutAsync($"{round}/{i}", lease)).ToArray();
            await Store.RevokeLeaseAsync(lease, default);
            await Task.WhenAll(writing);
            Assert.That(await NamesAsync(), Is.Empty);
        }

        async Task TryPutAsync(string name, long lease)
        {
            await Task.Yield();
            try
            {
                await PutAsync(name, "x", lease);
            }
            catch (StoreException error) when (error.Error == StoreError.LeaseNotFound)
            {
                // It came too late, and was told so.
            }
        }
    }

    [Test]
    public async Task Lease_RenewedAtTheLastMoment_HasItsFullTimeAgain()
    {
        var time = ShortLease * 3;
        var lease = await Store.GrantLeaseAsync(time, default);
        await PutAsync("a", "1", lease);

        await AdvanceAsync(time * 0.7);
        Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.True);
        await AdvanceAsync(time * 0.7);

        Assert.That(await NamesAsync(), Is.EqualTo(["a"]), "1.4 times its time, but renewed in between");
        Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.True);
    }

    [Test]
    public async Task Lease_KeyMovedToAnotherLease_SurvivesTheFirst()
    {
        var first = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        var second = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        await PutAsync("a", "1", first);
        await PutAsync("a", "2", second);

        await Store.RevokeLeaseAsync(first, default);
        Assert.That((await GetAsync("a"))?.LeaseId, Is.EqualTo(second));

        await Store.RevokeLeaseAsync(second, default);
        Assert.That(await GetAsync("a"), Is.Null);
    }

    private async Task<List<(long Revision, string Changes)>> ReadBatchesAsync(long from, long to)
    {
        await using var watch = WatchReader.From(Store, Prefix, from);
        List<(long, string)> batches = [];
        while (batches.Count == 0 || batches[^1].Item1 < to)
        {
            var batch = await watch.ReadChangesAsync();
            batches.Add((batch.Revision, string.Join("; ", Describe(batch).Order())));
        }
        return batches;
    }
}
