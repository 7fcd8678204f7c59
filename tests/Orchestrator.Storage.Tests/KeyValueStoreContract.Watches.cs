using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Tests;

internal abstract partial class KeyValueStoreContract
{
    [Test]
    public async Task Watch_FromNow_DeliversCreateUpdateAndDeleteWithWhatWasThereBefore()
    {
        await PutAsync("before", "x");
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);

        var created = await PutAsync("a", "1");
        var updated = await PutAsync("a", "2");
        var deleted = await DeleteAsync("a");

        var create = await watch.ReadChangesAsync();
        var update = await watch.ReadChangesAsync();
        var delete = await watch.ReadChangesAsync();
        Assert.That((create.Revision, update.Revision, delete.Revision), Is.EqualTo((created.Revision, updated.Revision, deleted.Revision)));
        Assert.That(Describe(create), Is.EqualTo(["a: (absent) -> 1"]));
        Assert.That(Describe(update), Is.EqualTo(["a: 1 -> 2"]));
        Assert.That(Describe(delete), Is.EqualTo(["a: 2 -> (absent)"]));
        Assert.That((update.Changes[0].Current!.Version, update.Changes[0].Previous!.ModRevision), Is.EqualTo((2L, created.Revision)));
    }

    [Test]
    public async Task Watch_FromThePast_ReadsHistoryThenGoesOnLive()
    {
        var first = await PutAsync("a", "1");
        await PutAsync("a", "2");
        await DeleteAsync("a");
        await PutAsync("a", "3");
        await using var watch = WatchReader.From(Store, Prefix, first.Revision + 1);

        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 1 -> 2"]));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 2 -> (absent)"]));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: (absent) -> 3"]));
        await PutAsync("b", "4");
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["b: (absent) -> 4"]));
    }

    [Test]
    public async Task Watch_FromThePastWhileWritersWrite_NothingIsMissingOrRepeated()
    {
        const int early = 1500, late = 1500;
        var first = await PutAsync("n", "0");
        await PutManyAsync(1, early);

        await using var watch = WatchReader.From(Store, Prefix, first.Revision);
        var writing = PutManyAsync(early + 1, late);
        var lastRevision = 0L;
        for (var expected = 0; expected <= early + late; expected++)
        {
            var batch = await watch.ReadChangesAsync();
            Assert.That(Text(batch.Changes.Single().Current), Is.EqualTo($"{expected}"));
            Assert.That(batch.Revision, Is.GreaterThan(lastRevision));
            lastRevision = batch.Revision;
        }
        await writing;
    }

    [Test]
    public async Task Watch_OtherPrefixes_AreLeftOut()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Key("pods/"));

        await PutAsync("pods", "no");
        await PutAsync("pods-x/a", "no");
        await Store.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key("services/a"), Bytes("no")), StoreChange.Put(Key("pods/a"), Bytes("yes"))]), default);

        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["pods/a: (absent) -> yes"]));
    }

    [Test]
    public async Task Watch_TransactionOfManyChanges_ArrivesAsOneBatch()
    {
        await PutAsync("gone", "x");
        var start = await Store.GetRevisionAsync(default);
        await using var live = await WatchReader.FromNowAsync(Store, Prefix);
        var changes = Enumerable.Range(0, 100).Select(i => StoreChange.Put(Key($"{i:000}"), Bytes($"{i}"))).Append(StoreChange.Delete(Key("gone"))).ToArray();

        var result = await Store.CommitAsync(new StoreTransaction([], changes), default);

        await using var past = WatchReader.From(Store, Prefix, start + 1);
        foreach (var watch in new[] { live, past })
        {
            var batch = await watch.ReadChangesAsync();
            Assert.That((batch.Revision, batch.Changes.Count), Is.EqualTo((result.Revision, 101)));
            Assert.That(batch.Changes.Select(change => change.Key), Is.EquivalentTo(changes.Select(change => change.Key)));
        }
    }

    [Test]
    public async Task Watch_FromARevisionToCome_StartsThere()
    {
        var now = await Store.GetRevisionAsync(default);
        await using var watch = WatchReader.From(Store, Prefix, now + 3);
        var reading = watch.ReadChangesAsync();

        long[] written = [(await PutAsync("a", "1")).Revision, (await PutAsync("a", "2")).Revision, (await PutAsync("a", "3")).Revision];

        // Others may write to the same etcd meanwhile, and then it is an earlier one of ours that comes first.
        var batch = await reading;
        Assert.That(batch.Revision, Is.EqualTo(written.First(revision => revision >= now + 3)));
    }

    [Test]
    public async Task Watch_FromThePastOfAQuietPrefix_DeliversAMarkOnceCaughtUp()
    {
        var first = await PutAsync("busy/a", "1");
        var last = await PutAsync("busy/a", "2");
        await using var watch = WatchReader.From(Store, Key("quiet/"), first.Revision);

        var known = 0L;
        while (known < last.Revision)
        {
            var mark = await watch.ReadAsync();
            Assert.That(mark.Changes, Is.Empty);
            Assert.That(mark.Revision, Is.GreaterThan(known));
            known = mark.Revision;
            // A store whose watches lag behind its reads may have marked an earlier point.
            await Store.RequestProgressAsync(Key("quiet/"), default);
        }
    }

    [Test]
    public async Task Watch_ManyWatchers_EachSeesEverything()
    {
        var watches = new List<WatchReader>();
        for (var i = 0; i < 20; i++)
            watches.Add(await WatchReader.FromNowAsync(Store, Prefix));

        await PutManyAsync(1, 50);

        foreach (var watch in watches)
        {
            for (var expected = 1; expected <= 50; expected++)
                Assert.That(Text((await watch.ReadChangeAsync()).Current), Is.EqualTo($"{expected}"));
            await watch.DisposeAsync();
        }
    }

    [Test]
    public async Task Watch_Cancelled_EndsWithCancellation()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        var reading = watch.ReadAsync();

        await watch.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => reading);
    }

    [Test]
    public async Task Watch_StoreClosed_EndsUnavailable()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        var reading = watch.ReadAsync();

        await Store.DisposeAsync();

        AssertFails(StoreError.Unavailable, () => reading);
    }

    [Test]
    public async Task RequestProgress_OnlyOtherKeysChanged_DeliversAMark()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Key("quiet/"));
        var written = await PutAsync("busy/a", "1");

        await Store.RequestProgressAsync(Key("quiet/"), default);

        var mark = await watch.ReadAsync();
        Assert.That(mark.Changes, Is.Empty);
        Assert.That(mark.Revision, Is.GreaterThanOrEqualTo(written.Revision));
    }

    [Test]
    public async Task RequestProgress_ChangesWait_TheMarkNeverOvertakesThem()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        for (var i = 0; i < 20; i++)
        {
            await PutAsync("a", $"{i}");
            await Store.RequestProgressAsync(Prefix, default);
        }

        var (seen, known) = (0, watch.StartRevision);
        while (seen < 20)
        {
            var batch = await watch.ReadAsync();
            Assert.That(batch.Revision, batch.Changes.Count == 0 ? Is.GreaterThanOrEqualTo(known) : Is.GreaterThan(known), "a mark promised this revision before it came");
            known = batch.Revision;
            if (batch.Changes.Count > 0)
                Assert.That(Text(batch.Changes[0].Current), Is.EqualTo($"{seen++}"));
        }
    }

    [Test]
    public async Task Watch_ReaderThatStops_IsDroppedAndHoldsUpNobody()
    {
        await ReplaceStoreAsync(new WatchOptions { MaxPendingBytes = 100_000 });
        await using var stopped = await WatchReader.FromNowAsync(Store, Prefix);
        await using var lively = await WatchReader.FromNowAsync(Store, Prefix);
        var value = new string('x', 10_000);

        for (var i = 0; i < 30; i++)
        {
            await PutAsync("a", $"{i}{value}");
            Assert.That(Text((await lively.ReadChangeAsync()).Current), Does.StartWith($"{i}x"));
        }

        AssertFails(StoreError.SlowReader, async () =>
        {
            for (var i = 0; i < 30; i++)
                Assert.That(Text((await stopped.ReadChangeAsync()).Current), Does.StartWith($"{i}x"), "what comes before the end is without gaps");
        });
    }

    [Test]
    public async Task Watch_OtherKeysChange_LearnsOfProgressByItself()
    {
        await ReplaceStoreAsync(new WatchOptions { ProgressInterval = TimeSpan.FromMilliseconds(200) });
        await using var watch = await WatchReader.FromNowAsync(Store, Key("quiet/"));
        await using var busy = await WatchReader.FromNowAsync(Store, Key("busy/"));
        var written = await PutAsync("busy/a", "1");
        await busy.ReadChangesAsync();

        await AdvanceAsync(TimeSpan.FromMilliseconds(400));

        var mark = await watch.ReadAsync();
        Assert.That(mark.Changes, Is.Empty);
        // Others may write to the same etcd meanwhile.
        Assert.That(mark.Revision, Is.GreaterThanOrEqualTo(written.Revision));
    }

    protected async Task PutManyAsync(int first, int count)
    {
        for (var i = first; i < first + count; i++)
            await PutAsync("n", $"{i}");
    }

    protected string[] Describe(WatchBatch batch) =>
        batch.Changes.Select(change => $"{change.Key[Prefix.Length..]}: {Text(change.Previous)} -> {Text(change.Current)}").ToArray();
}
