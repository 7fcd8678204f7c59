using Orchestrator.Storage.Copying;
using Orchestrator.Storage.Sqlite;
using Orchestrator.Storage.Tests.Etcd;

namespace Orchestrator.Storage.Tests.Copying;

/// <summary>There and back: SQLite to a real etcd, and that etcd to SQLite.</summary>
[TestFixture]
[Category("Etcd")]
[CancelAfter(60_000)]
internal sealed class StoreCopyEtcdTests
{
    [Test]
    public async Task Copy_SqliteToEtcdAndBack_IsTheSame()
    {
        using var directory = new TemporaryDirectory();
        using var server = EtcdServer.Start();
        await using var source = SqliteStore.Open(new SqliteStoreOptions { Path = directory.File("source.db") });
        for (var i = 0; i < 200; i++)
            await source.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/key/{i % 30}", BitConverter.GetBytes(i))]), default);
        await source.CompactAsync(120, default);

        await using var etcd = await server.ConnectAsync();
        var there = await new StoreCopy(source, etcd, _ => { }).RunAsync(default);
        await using var back = SqliteStore.Open(new SqliteStoreOptions { Path = directory.File("back.db") });
        var again = await new StoreCopy(etcd, back, _ => { }).RunAsync(default);

        // Taking the filler away took a revision of its own, which is filled in the copy of the copy.
        Assert.That((there.Keys, there.SourceRevision, there.Revision), Is.EqualTo((30L, 201L, 202L)));
        Assert.That((again.Keys, again.Sha256, again.SourceRevision), Is.EqualTo((30L, there.Sha256, 202L)));
        Assert.That((await back.GetAsync("/key/5", 0, default)).KeyValue!.ModRevision, Is.EqualTo((await source.GetAsync("/key/5", 0, default)).KeyValue!.ModRevision));
    }
}
