using Orchestrator.Storage.Copying;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Copying;

/// <summary>Copies from memory to memory and SQLite: the algorithm knows no engine.</summary>
[TestFixture]
[CancelAfter(30_000)]
internal sealed class StoreCopyTests
{
    private TemporaryDirectory directory = null!;
    private MemoryStore source = null!;
    private SqliteStore destination = null!;

    [SetUp]
    public void Open()
    {
        directory = new TemporaryDirectory();
        source = new MemoryStore();
        destination = SqliteStore.Open(new SqliteStoreOptions { Path = directory.File("copy.db") });
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await source.DisposeAsync();
        await destination.DisposeAsync();
        directory.Dispose();
    }

    [Test]
    public async Task Copy_NeverCompacted_KeepsEveryRevision()
    {
        await ChurnAsync(1, 300);

        var result = await CopyAsync();

        Assert.That((result.CompactedRevision, result.SourceRevision, result.Revision), Is.EqualTo((0L, 301L, 301L)));
        Assert.That(await HistoryAsync(destination, 2, 301), Is.EqualTo(await HistoryAsync(source, 2, 301)));
        await AssertSameAtAsync(2, 50, 150, 301);
    }

    [Test]
    public async Task Copy_Compacted_KeepsRevisionsOfKeysAndTheHistorySince()
    {
        await ChurnAsync(1, 300);
        await source.CompactAsync(200, default);

        var result = await CopyAsync();

        Assert.That((result.CompactedRevision, result.SourceRevision, result.Revision), Is.EqualTo((200L, 301L, 302L)));
        Assert.That(await HistoryAsync(destination, 201, 301), Is.EqualTo(await HistoryAsync(source, 201, 301)));
        await AssertSameAtAsync(200, 250, 301);
        var failure = Assert.ThrowsAsync<StoreException>(async () => await destination.GetAsync("/a", 199, default))!;
        Assert.That(failure.Error, Is.EqualTo(StoreError.Compacted));
        Assert.That((await destination.GetAsync(StoreCopy.FillerKey, 0, default)).KeyValue, Is.Null);
    }

    [Test]
    public async Task Copy_KeysWithLeases_HangOnNewOnes()
    {
        var lease = await source.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        await source.CommitAsync(StoreTransaction.Create("/event", new byte[] { 1 }, lease), default);
        await source.CommitAsync(StoreTransaction.Create(StoreCopy.DroppedPrefix + "10.0.0.1", new byte[] { 1 }, lease), default);

        await CopyAsync();

        var copy = (await destination.GetAsync("/event", 0, default)).KeyValue!;
        Assert.That(copy.LeaseId, Is.Not.Zero);
        Assert.That((await destination.GetAsync(StoreCopy.DroppedPrefix + "10.0.0.1", 0, default)).KeyValue, Is.Null, "servers of the source do not live in the copy");
        await destination.RevokeLeaseAsync(copy.LeaseId, default);
        Assert.That((await destination.GetAsync("/event", 0, default)).KeyValue, Is.Null);
    }

    [Test]
    public async Task Copy_ALeaseEndedWithMoreKeysThanATransactionHolds_IsOneRevisionToo()
    {
        var lease = await source.GrantLeaseAsync(TimeSpan.FromHours(1), default);
        for (var i = 0; i < StoreLimits.MaxOperationsPerTransaction + 10; i++)
            await source.CommitAsync(StoreTransaction.Create($"/event/{i}", new byte[] { 1 }, lease), default);
        await source.RevokeLeaseAsync(lease, default);
        await source.CommitAsync(StoreTransaction.Create("/after", new byte[] { 1 }), default);

        var result = await CopyAsync();

        Assert.That((result.Keys, result.Revision), Is.EqualTo((1L, await source.GetRevisionAsync(default))));
    }

    [Test]
    public async Task Copy_DestinationHasKeys_IsRefusedAndUntouched()
    {
        await ChurnAsync(1, 10);
        await destination.CommitAsync(StoreTransaction.Create("/mine", new byte[] { 1 }), default);

        var failure = Assert.ThrowsAsync<StoreCopyException>(CopyAsync)!;

        Assert.That(failure.Message, Does.Contain("not empty").And.Contain("/mine"));
        Assert.That(await destination.GetRevisionAsync(default), Is.EqualTo(2));
    }

    [Test]
    public async Task Copy_DestinationWasUsedBefore_IsRefused()
    {
        await destination.CommitAsync(StoreTransaction.Create("/mine", new byte[] { 1 }), default);
        await destination.CommitAsync(new StoreTransaction([], [StoreChange.Delete("/mine")]), default);

        Assert.That(Assert.ThrowsAsync<StoreCopyException>(CopyAsync)!.Message, Does.Contain("used before"));
    }

    [Test]
    public async Task Copy_SomebodyWritesToTheDestination_IsNoticed()
    {
        await ChurnAsync(1, 3000);
        var disturbed = false;
        var copy = new StoreCopy(source, destination, _ =>
        {
            if (!disturbed)
                destination.CommitAsync(StoreTransaction.Create("/intruder", new byte[] { 1 }), default).AsTask().GetAwaiter().GetResult();
            disturbed = true;
        });

        var failure = Assert.ThrowsAsync<StoreCopyException>(() => copy.RunAsync(default))!;

        Assert.That(failure.Message, Does.Contain("somebody else writes"));
    }

    private Task<StoreCopyResult> CopyAsync() => new StoreCopy(source, destination, _ => { }).RunAsync(default);

    /// <summary>Creates, changes and deletes keys, some of them several at once; one revision each.</summary>
    private async Task ChurnAsync(int seed, int revisions)
    {
        var random = new Random(seed);
        await source.CommitAsync(StoreTransaction.Create("/a", new byte[] { 0 }), default);
        for (var i = 1; i < revisions; i++)
        {
            var key = $"/key/{random.Next(40)}";
            var isThere = (await source.GetAsync(key, 0, default)).KeyValue is not null;
            StoreChange change = isThere && random.Next(3) == 0 ? StoreChange.Delete(key) : StoreChange.Put(key, BitConverter.GetBytes(i));
            await source.CommitAsync(new StoreTransaction([], random.Next(5) == 0 ? [change, StoreChange.Put("/a", BitConverter.GetBytes(i))] : [change]), default);
        }
    }

    private async Task AssertSameAtAsync(params long[] revisions)
    {
        foreach (var revision in revisions)
            Assert.That(await StateAsync(destination, revision), Is.EqualTo(await StateAsync(source, revision)), $"at revision {revision}");
    }

    private static async Task<List<string>> StateAsync(IKeyValueStore store, long revision) =>
        [.. (await store.RangeAsync(new RangeRequest { Prefix = "", Revision = revision }, default)).Items
            .Where(item => item.Key != StoreCopy.FillerKey)
            .Select(item => $"{item.Key}={Convert.ToHexString(item.Value.Span)} {item.CreateRevision}-{item.ModRevision}")];

    private static async Task<List<string>> HistoryAsync(IKeyValueStore store, long from, long to)
    {
        List<string> history = [];
        await foreach (var batch in store.WatchAsync("", from, default))
        {
            history.AddRange(batch.Changes.Where(_ => batch.Revision <= to).Select(change =>
                $"{batch.Revision} {change.Key}={(change.Current is { } current ? Convert.ToHexString(current.Value.Span) : "gone")}"));
            if (batch.Revision >= to)
                break;
        }

        return history;
    }
}
