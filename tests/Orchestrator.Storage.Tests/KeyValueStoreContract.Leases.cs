namespace Orchestrator.Storage.Tests;

internal abstract partial class KeyValueStoreContract
{
    /// <summary>The shortest lease the store grants as asked for.</summary>
    protected virtual TimeSpan ShortLease => TimeSpan.FromSeconds(1);

    [Test]
    public async Task Lease_Expired_DeletesItsKeysInOneTransaction()
    {
        var lease = await Store.GrantLeaseAsync(ShortLease, default);
        await PutAsync("a", "1", lease);
        await PutAsync("b", "1", lease);
        await PutAsync("c", "1");
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        Assert.That((await GetAsync("a"))!.LeaseId, Is.EqualTo(lease));

        await AdvanceAsync(ShortLease * 2);

        var batch = await watch.ReadChangesAsync();
        Assert.That(Describe(batch), Is.EquivalentTo(["a: 1 -> (absent)", "b: 1 -> (absent)"]));
        Assert.That(await NamesAsync(), Is.EqualTo(["c"]));
        Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.False);
    }

    [Test]
    public async Task Lease_KeptAlive_DoesNotExpire()
    {
        var lease = await Store.GrantLeaseAsync(ShortLease, default);
        await PutAsync("a", "1", lease);

        for (var i = 0; i < 4; i++)
        {
            await AdvanceAsync(ShortLease / 2);
            Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.True);
        }

        Assert.That(await NamesAsync(), Is.EqualTo(["a"]));
    }

    [Test]
    public async Task Lease_Revoked_DeletesOnlyKeysStillAttached()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        await PutAsync("detached", "1", lease);
        await PutAsync("detached", "2");
        await PutAsync("deleted", "1", lease);
        await DeleteAsync("deleted");
        await PutAsync("a", "1", lease);

        Assert.That(await Store.RevokeLeaseAsync(lease, default), Is.True);

        Assert.That(await NamesAsync(), Is.EqualTo(["detached"]));
        Assert.That(await Store.RevokeLeaseAsync(lease, default), Is.False);
        Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.False);
    }

    [Test]
    public async Task Lease_WithManyKeys_EndsThemAtOneRevision()
    {
        var lease = await Store.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        for (var i = 0; i < 300; i++)
            await PutAsync($"{i:000}", "x", lease);
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);

        await Store.RevokeLeaseAsync(lease, default);

        Assert.That((await watch.ReadChangesAsync()).Changes, Has.Count.EqualTo(300));
        Assert.That(await NamesAsync(), Is.Empty);
    }

    [Test]
    public async Task Commit_UnknownLease_IsRefusedAndWritesNothing()
    {
        var before = await Store.GetRevisionAsync(default);

        AssertFails(StoreError.LeaseNotFound, () => PutAsync("a", "1", leaseId: 987_654_321));

        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(before));
        Assert.That(await GetAsync("a"), Is.Null);
    }

    [Test]
    public async Task Commit_UnknownLeaseBehindAConditionThatFails_IsNotCommitted()
    {
        await PutAsync("a", "1");

        var result = await Store.CommitAsync(StoreTransaction.Create(Prefix + "a", new byte[1], 987_654_321), default);

        Assert.That((result.Committed, result.Current[0]?.Key), Is.EqualTo((false, Prefix + "a")));
    }

    [Test]
    public async Task Lease_AfterReopen_StillHoldsItsKeysAndStillExpires()
    {
        var lease = await Store.GrantLeaseAsync(ShortLease, default);
        await PutAsync("a", "1", lease);

        if (!await TryReopenAsync())
            Assert.Ignore("this store keeps nothing");

        Assert.That(await NamesAsync(), Is.EqualTo(["a"]));
        Assert.That(await Store.KeepLeaseAliveAsync(lease, default), Is.True);
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);
        await AdvanceAsync(ShortLease * 2);
        Assert.That(Describe(await watch.ReadChangesAsync()), Is.EqualTo(["a: 1 -> (absent)"]));
    }
}
