namespace Orchestrator.Storage.Tests;

internal abstract partial class KeyValueStoreContract
{
    [Test]
    public async Task Commit_NewKey_TakesTheNextRevisionAndVersionOne()
    {
        var before = await Store.GetRevisionAsync(default);

        var result = await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("one")), default);

        Assert.That(result, Has.Property("Committed").True.And.Property("Revision").EqualTo(before + 1));
        var stored = await GetAsync("a");
        Assert.That(stored, Is.Not.Null);
        Assert.That((Text(stored), stored!.CreateRevision, stored.ModRevision, stored.Version, stored.LeaseId), Is.EqualTo(("one", before + 1, before + 1, 1L, 0L)));
        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(before + 1));
    }

    [Test]
    public async Task Commit_Update_KeepsTheCreateRevisionAndCountsVersions()
    {
        var created = await PutAsync("a", "one");
        var updated = await Store.CommitAsync(StoreTransaction.Update(Key("a"), created.Revision, Bytes("two")), default);

        var stored = await GetAsync("a");
        Assert.That((Text(stored), stored!.CreateRevision, stored.ModRevision, stored.Version), Is.EqualTo(("two", created.Revision, updated.Revision, 2L)));
    }

    [Test]
    public async Task Commit_CreateOfExistingKey_ChangesNothingAndReturnsIt()
    {
        var created = await PutAsync("a", "one");

        var result = await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("two")), default);

        Assert.That(result.Committed, Is.False);
        Assert.That(result.Revision, Is.EqualTo(created.Revision));
        Assert.That(result.Current.Select(Text), Is.EqualTo(["one"]));
        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(created.Revision));
    }

    [Test]
    public async Task Commit_StaleUpdateOrDelete_ChangesNothing()
    {
        var first = await PutAsync("a", "one");
        var second = await PutAsync("a", "two");

        var update = await Store.CommitAsync(StoreTransaction.Update(Key("a"), first.Revision, Bytes("three")), default);
        var delete = await Store.CommitAsync(StoreTransaction.Delete(Key("a"), first.Revision), default);

        Assert.That((update.Committed, delete.Committed), Is.EqualTo((false, false)));
        Assert.That(update.Current.Single()!.ModRevision, Is.EqualTo(second.Revision));
        Assert.That(Text(await GetAsync("a")), Is.EqualTo("two"));
    }

    [Test]
    public async Task Commit_UpdateOfAbsentKey_ReturnsNullForIt()
    {
        var result = await Store.CommitAsync(StoreTransaction.Update(Key("a"), 1, Bytes("x")), default);

        Assert.That(result.Committed, Is.False);
        Assert.That(result.Current, Is.EqualTo(new KeyValue?[] { null }));
    }

    [Test]
    public async Task Commit_SeveralConditionsOneFails_ReturnsAllInTheirOrder()
    {
        var a = await PutAsync("a", "A");
        await PutAsync("c", "C");

        var result = await Store.CommitAsync(
            new StoreTransaction([new(Key("c"), 1), new(Key("b"), 0), new(Key("a"), a.Revision)], [StoreChange.Put(Key("b"), Bytes("B"))]), default);

        Assert.That(result.Committed, Is.False);
        Assert.That(result.Current.Select(Text), Is.EqualTo(["C", "(absent)", "A"]));
        Assert.That(await GetAsync("b"), Is.Null);
    }

    [Test]
    public async Task Commit_SeveralChanges_ShareOneRevision()
    {
        await PutAsync("old", "x");

        var result = await Store.CommitAsync(
            new StoreTransaction([new(Key("a"), 0)], [StoreChange.Put(Key("a"), Bytes("A")), StoreChange.Put(Key("b"), Bytes("B")), StoreChange.Delete(Key("old"))]), default);

        Assert.That((await GetAsync("a"))!.ModRevision, Is.EqualTo(result.Revision));
        Assert.That((await GetAsync("b"))!.ModRevision, Is.EqualTo(result.Revision));
        Assert.That(await NamesAsync(), Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Commit_DeleteOfAbsentKey_TakesNoRevision()
    {
        var before = await Store.GetRevisionAsync(default);

        var result = await DeleteAsync("absent");

        Assert.That((result.Committed, result.Revision), Is.EqualTo((true, before)));
        Assert.That(await Store.GetRevisionAsync(default), Is.EqualTo(before));
    }

    [Test]
    public async Task Commit_DeleteAndCreateAgain_StartsAFreshLife()
    {
        var created = await PutAsync("a", "one");
        await PutAsync("a", "two");
        var deleted = await Store.CommitAsync(StoreTransaction.Delete(Key("a"), (await GetAsync("a"))!.ModRevision), default);
        Assert.That(await GetAsync("a"), Is.Null);

        var again = await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("three")), default);

        var stored = await GetAsync("a");
        Assert.That((stored!.CreateRevision, stored.ModRevision, stored.Version), Is.EqualTo((again.Revision, again.Revision, 1L)));
        Assert.That(Text(await GetAsync("a", created.Revision)), Is.EqualTo("one"));
        Assert.That(await GetAsync("a", deleted.Revision), Is.Null);
    }

    [Test]
    public async Task Commit_EmptyValue_IsNotADeletion()
    {
        await PutAsync("a", "");

        var stored = await GetAsync("a");
        Assert.That(stored, Is.Not.Null);
        Assert.That(stored!.Value.Length, Is.Zero);
    }

    [Test]
    public async Task Commit_BinaryValue_ComesBackUnchanged()
    {
        var value = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        await Store.CommitAsync(StoreTransaction.Create(Key("a"), value), default);

        Assert.That((await GetAsync("a"))!.Value.ToArray(), Is.EqualTo(value));
    }

    [Test]
    public void Commit_OverTheLimits_IsTooLarge()
    {
        var large = StoreTransaction.Create(Key("a"), new byte[StoreLimits.MaxTransactionBytes]);
        var many = new StoreTransaction([], Enumerable.Range(0, StoreLimits.MaxOperationsPerTransaction + 1).Select(i => StoreChange.Delete(Key($"{i}"))).ToArray());

        AssertFails(StoreError.TooLarge, async () => await Store.CommitAsync(large, default));
        AssertFails(StoreError.TooLarge, async () => await Store.CommitAsync(many, default));
    }

    [Test]
    public async Task Commit_AtTheLimits_IsAccepted()
    {
        var key = Key("large");
        var value = new byte[StoreLimits.MaxTransactionBytes - (2 * key.Length) - BytesAddedToAValue];
        value[^1] = 7;
        var many = Enumerable.Range(0, StoreLimits.MaxOperationsPerTransaction).Select(i => StoreChange.Put(Key($"{i}"), Bytes("x"))).ToArray();

        await Store.CommitAsync(StoreTransaction.Create(key, value), default);
        await Store.CommitAsync(new StoreTransaction([], many), default);

        Assert.That((await GetAsync("large"))!.Value.Length, Is.EqualTo(value.Length));
        Assert.That(await NamesAsync(), Has.Length.EqualTo(many.Length + 1));
    }

    [Test]
    public void Commit_ImpossibleTransaction_IsRefused()
    {
        var twice = new StoreTransaction([], [StoreChange.Put(Key("a"), Bytes("1")), StoreChange.Delete(Key("a"))]);
        var noKey = StoreTransaction.Create("", Bytes("1"));

        Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(twice, default));
        Assert.ThrowsAsync<ArgumentException>(async () => await Store.CommitAsync(noKey, default));
    }

    [Test]
    public void AnyCall_AlreadyCancelled_IsCancelled()
    {
        var cancelled = new CancellationToken(canceled: true);

        Assert.CatchAsync<OperationCanceledException>(async () => await Store.GetAsync(Key("a"), 0, cancelled));
        Assert.CatchAsync<OperationCanceledException>(async () => await Store.CommitAsync(StoreTransaction.Create(Key("a"), Bytes("x")), cancelled));
        Assert.CatchAsync<OperationCanceledException>(async () => await Store.WatchAsync(Prefix, 0, cancelled).GetAsyncEnumerator(cancelled).MoveNextAsync());
    }

    [Test]
    public async Task Commit_ManyWritersIncrementOneCounter_NoIncrementIsLostAndTheWatcherSeesEachOnce()
    {
        const int writers = 8, increments = 25;
        await PutAsync("counter", "0");
        await using var watch = await WatchReader.FromNowAsync(Store, Prefix);

        await Task.WhenAll(Enumerable.Range(0, writers).Select(_ => IncrementAsync(increments)));

        Assert.That(Text(await GetAsync("counter")), Is.EqualTo($"{writers * increments}"));
        var lastRevision = watch.StartRevision;
        for (var expected = 1; expected <= writers * increments; expected++)
        {
            var batch = await watch.ReadChangesAsync();
            Assert.That(batch.Revision, Is.GreaterThan(lastRevision));
            Assert.That((Text(batch.Changes.Single().Previous), Text(batch.Changes.Single().Current)), Is.EqualTo(($"{expected - 1}", $"{expected}")));
            lastRevision = batch.Revision;
        }
        Assert.That(lastRevision, Is.EqualTo((await GetAsync("counter"))!.ModRevision));
    }

    private async Task IncrementAsync(int times)
    {
        // Yield, so that stores that complete at once still interleave.
        await Task.Yield();
        for (var done = 0; done < times;)
        {
            var current = (await GetAsync("counter"))!;
            var next = Bytes($"{int.Parse(Text(current)) + 1}");
            if ((await Store.CommitAsync(StoreTransaction.Update(current.Key, current.ModRevision, next), default)).Committed)
                done++;
        }
    }
}
