namespace Orchestrator.Storage.Tests;

internal abstract partial class KeyValueStoreContract
{
    [Test]
    public async Task Compact_OldRevisions_AreRefusedAndThePresentIsKept()
    {
        var one = await PutAsync("a", "1");
        await PutAsync("a", "2");
        await PutAsync("b", "1");
        var compacted = await PutAsync("a", "3");
        var later = await PutAsync("a", "4");

        await Store.CompactAsync(compacted.Revision, default);

        AssertFails(StoreError.Compacted, async () => await Store.GetAsync(Key("a"), one.Revision, default));
        AssertFails(StoreError.Compacted, async () => await Store.RangeAsync(new RangeRequest { Prefix = Prefix, Revision = one.Revision }, default));
        Assert.That(Text(await GetAsync("a", compacted.Revision)), Is.EqualTo("3"));
        Assert.That(Text(await GetAsync("b", compacted.Revision)), Is.EqualTo("1"));
        Assert.That(Text(await GetAsync("a", later.Revision)), Is.EqualTo("4"));
        Assert.That(await NamesAsync(), Is.EqualTo(["a", "b"]));
        Assert.That(await Store.GetCompactedRevisionAsync(default), Is.EqualTo(compacted.Revision));
    }

    [Test]
    public async Task Compact_DeletedKey_StaysDeletedAndCanComeBack()
    {
        await PutAsync("a", "1");
        var deleted = await DeleteAsync("a");
        await PutAsync("b", "1");
        await Store.CompactAsync(deleted.Revision + 1, default);

        Assert.That(await GetAsync("a"), Is.Null);
        var again = await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("2")), default);
        Assert.That(again.Committed, Is.True);
        Assert.That((await GetAsync("a"))!.Version, Is.EqualTo(1));
    }

    [Test]
    public async Task Compact_EverythingWhenTheLastWriteWasADelete_KeepsTheRevision()
    {
        await PutAsync("a", "1");
        var deleted = await DeleteAsync("a");

        await Store.CompactAsync(deleted.Revision, default);
        await TryReopenAsync();

        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(deleted.Revision));
        Assert.That((await PutAsync("b", "1")).Revision, Is.EqualTo(deleted.Revision + 1));
        Assert.That(await NamesAsync(), Is.EqualTo(["b"]));
    }

    [Test]
    public async Task Compact_Repeated_ChangesNothing()
    {
        await PutAsync("a", "1");
        var second = await PutAsync("a", "2");
        await Store.CompactAsync(second.Revision, default);

        await Store.CompactAsync(second.Revision, default);
        await Store.CompactAsync(second.Revision - 1, default);

        Assert.That(await Store.GetCompactedRevisionAsync(default), Is.EqualTo(second.Revision));
        Assert.That(Text(await GetAsync("a")), Is.EqualTo("2"));
    }

    [Test]
    public async Task Compact_FutureRevision_IsRefused()
    {
        var future = await Store.GetRevisionAsync(default) + 1;

        AssertFails(StoreError.FutureRevision, async () => await Store.CompactAsync(future, default));
    }

    [Test]
    public async Task Watch_FromBelowTheCompactedRevision_EndsCompacted()
    {
        var first = await PutAsync("a", "1");
        await PutAsync("a", "2");
        var last = await PutAsync("a", "3");
        await Store.CompactAsync(last.Revision, default);

        await using var watch = WatchReader.From(Store, Prefix, first.Revision);

        AssertFails(StoreError.Compacted, () => watch.ReadChangesAsync());
    }

    [Test]
    public async Task Watch_FromJustAboveTheCompactedRevision_MissesNothing()
    {
        await PutAsync("a", "1");
        var compacted = await PutAsync("a", "2");
        await PutAsync("a", "3");
        await DeleteAsync("a");
        await Store.CompactAsync(compacted.Revision, default);

        await using var watch = WatchReader.From(Store, Prefix, compacted.Revision + 1);

        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 2 -> 3"]));
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 3 -> (absent)"]));
    }

    [Test]
    public async Task Watch_LiveAcrossCompactions_MissesNothing()
    {
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);

        for (var i = 1; i <= 30; i++)
        {
            var written = await PutAsync("a", $"{i}");
            if (i % 5 == 0)
                await Store.CompactAsync(written.Revision, default);
        }

        for (var i = 1; i <= 30; i++)
            Assert.That(Text((await watch.ReadChangeAsync()).Current), Is.EqualTo($"{i}"));
    }

    [Test]
    public async Task Compact_ThenReopen_IsRemembered()
    {
        var first = await PutAsync("a", "1");
        var last = await PutAsync("a", "2");
        await Store.CompactAsync(last.Revision, default);

        if (!await TryReopenAsync())
            Assert.Ignore("this store keeps nothing");

        Assert.That(await Store.GetCompactedRevisionAsync(default), Is.EqualTo(last.Revision));
        AssertFails(StoreError.Compacted, async () => await Store.GetAsync(Key("a"), first.Revision, default));
        Assert.That(Text(await GetAsync("a")), Is.EqualTo("2"));
    }
}
