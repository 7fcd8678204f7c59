namespace Orchestrator.Storage.Tests;

internal abstract partial class KeyValueStoreContract
{
    [Test]
    public async Task Range_Prefix_ReturnsItsKeysInByteOrder()
    {
        // UTF-8 and UTF-16 disagree on the last two.
        string[] ordered = ["A", "a", "a/b", "aa", "b", "é", "\uFF5E", "\U0001F600"];
        foreach (var name in ordered.Reverse())
            await PutAsync(name, name);

        var result = await Store.RangeAsync(new RangeRequest { Prefix = Prefix }, default);

        Assert.That(result.Items.Select(item => item.Key[Prefix.Length..]), Is.EqualTo(ordered));
        Assert.That((result.Count, result.More), Is.EqualTo(((long)ordered.Length, false)));
        Assert.That(result.Revision, Is.EqualTo(await Store.GetRevisionAsync(default)));
    }

    [Test]
    public async Task Range_NeighbouringPrefixes_AreLeftOut()
    {
        foreach (var name in new[] { "pods", "pods-a", "pods/", "pods/x", "pods0", "podt" })
            await PutAsync(name, name);

        var result = await Store.RangeAsync(new RangeRequest { Prefix = Key("pods/") }, default);

        Assert.That(result.Items.Select(Text), Is.EqualTo(["pods/", "pods/x"]));
    }

    [Test]
    public async Task Range_Limit_SaysThatMoreFollowAndContinuesFromAKey()
    {
        foreach (var name in new[] { "a", "b", "c", "d", "e" })
            await PutAsync(name, name);

        var first = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 2 }, default);
        var second = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 2, StartKey = Key("b") + "\0" }, default);
        var last = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 2, StartKey = Key("e") }, default);

        Assert.That((first.Items.Select(Text), first.Count, first.More), Is.EqualTo((new[] { "a", "b" }, 5L, true)));
        Assert.That((second.Items.Select(Text), second.Count, second.More), Is.EqualTo((new[] { "c", "d" }, 3L, true)));
        Assert.That((last.Items.Select(Text), last.Count, last.More), Is.EqualTo((new[] { "e" }, 1L, false)));
    }

    [Test]
    public async Task Range_StartKeyOutsideThePrefix_IsBoundedByThePrefix()
    {
        await PutAsync("m/1", "1");
        await PutAsync("n", "n");

        var before = await Store.RangeAsync(new RangeRequest { Prefix = Key("m/"), StartKey = Key("a") }, default);
        var behind = await Store.RangeAsync(new RangeRequest { Prefix = Key("m/"), StartKey = Key("z") }, default);

        Assert.That(before.Items.Select(Text), Is.EqualTo(["1"]));
        Assert.That((behind.Items, behind.Count), Is.EqualTo((Array.Empty<KeyValue>(), 0L)));
    }

    [Test]
    public async Task Range_KeysOnlyAndCountOnly_LeaveTheRestOut()
    {
        await PutAsync("a", "value");
        await PutAsync("b", "value");
        await DeleteAsync("b");

        var keys = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, KeysOnly = true }, default);
        var count = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, CountOnly = true }, default);

        Assert.That(keys.Items.Select(item => (item.Key, item.Value.Length, item.Version)), Is.EqualTo([(Key("a"), 0, 1L)]));
        Assert.That((count.Items.Count, count.Count), Is.EqualTo((0, 1L)));
    }

    [Test]
    public async Task Range_AtARevision_ShowsThatMoment()
    {
        var one = await PutAsync("a", "1");
        var two = await PutAsync("b", "2");
        var three = await PutAsync("a", "3");
        var four = await DeleteAsync("b");
        await PutAsync("c", "5");

        Assert.That(await NamesAsync(one.Revision), Is.EqualTo(["a"]));
        Assert.That(await NamesAsync(two.Revision), Is.EqualTo(["a", "b"]));
        Assert.That(Text(await GetAsync("a", two.Revision)), Is.EqualTo("1"));
        Assert.That(Text(await GetAsync("a", three.Revision)), Is.EqualTo("3"));
        Assert.That(await NamesAsync(four.Revision), Is.EqualTo(["a"]));
        Assert.That(await NamesAsync(), Is.EqualTo(["a", "c"]));
    }

    [Test]
    public async Task Range_AtARevisionWithLimit_CountsThatMoment()
    {
        await PutAsync("a", "1");
        await PutAsync("b", "1");
        var moment = await PutAsync("c", "1");
        await DeleteAsync("a");
        await PutAsync("d", "1");

        var result = await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Limit = 1, Revision = moment.Revision }, default);

        Assert.That((result.Items.Single().Key, result.Count, result.More), Is.EqualTo((Key("a"), 3L, true)));
        Assert.That(result.Revision, Is.EqualTo(moment.Revision + 2));
    }

    [Test]
    public async Task Read_FutureRevision_IsRefused()
    {
        var future = await Store.GetRevisionAsync(default) + 1;

        AssertFails(StoreError.FutureRevision, async () => await Store.GetAsync(Key("a"), future, default));
        AssertFails(StoreError.FutureRevision, async () => await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Revision = future }, default));
    }

    [Test]
    public async Task Get_RightAfterAWrite_SeesIt()
    {
        for (var i = 0; i < 50; i++)
        {
            var written = await PutAsync("a", $"{i}");
            var read = await Store.GetAsync(Key("a"), 0, default);
            Assert.That((Text(read.KeyValue), read.Revision), Is.EqualTo(($"{i}", written.Revision)));
        }
    }

    [Test]
    public async Task Range_WhileTransactionsRun_NeverShowsHalfOfOne()
    {
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
                await Store.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key("left"), Bytes($"{i}")), StoreChange.Put(Key("right"), Bytes($"{i}"))]), default);
        });

        while (!writing.IsCompleted)
        {
            var result = await Store.RangeAsync(new RangeRequest { Prefix = Prefix }, default);
            Assert.That(result.Items.Select(Text).Distinct().Count(), Is.LessThanOrEqualTo(1));
            Assert.That(result.Items.Select(item => item.ModRevision), Has.All.LessThanOrEqualTo(result.Revision));
        }
        await writing;
    }

    [Test]
    public async Task Reopen_AfterAcknowledgedWrites_EverythingIsThere()
    {
        await PutAsync("a", "1");
        var update = await PutAsync("a", "2");
        await PutAsync("b", "3");
        var delete = await DeleteAsync("b");

        if (!await TryReopenAsync())
            Assert.Ignore("this store keeps nothing");

        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(delete.Revision));
        var a = await GetAsync("a");
        Assert.That((Text(a), a!.ModRevision, a.Version), Is.EqualTo(("2", update.Revision, 2L)));
        Assert.That(await NamesAsync(), Is.EqualTo(["a"]));
        Assert.That((await PutAsync("c", "4")).Revision, Is.EqualTo(delete.Revision + 1));
    }
}
