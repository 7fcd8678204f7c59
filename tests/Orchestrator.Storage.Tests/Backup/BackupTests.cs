using System.Text;
using Orchestrator.Storage.Backup;
using Orchestrator.Storage.Memory;
using Orchestrator.Storage.Retention;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Backup;

[TestFixture]
[CancelAfter(60_000)]
internal sealed class BackupTests
{
    private TemporaryDirectory directory = null!;
    private string file = "";
    private MemoryStore store = null!;

    [SetUp]
    public void Open()
    {
        directory = new TemporaryDirectory();
        file = directory.File("backup");
        store = new MemoryStore();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await store.DisposeAsync();
        directory.Dispose();
    }

    [Test]
    public async Task Restore_ChangedStore_HoldsWhatItHeldAndRevisionsGoOn()
    {
        await PutAsync(store, "/same", "1");
        await PutAsync(store, "/changed", "1");
        await PutAsync(store, "/deleted", "1");
        var (header, keys) = await BackupFile.WriteAsync(store, file, TimeProvider.System, default);
        await PutAsync(store, "/changed", "2");
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete("/deleted")]), default);
        await PutAsync(store, "/new", "1");
        var before = await store.GetRevisionAsync(default);
        await using var watch = WatchReader.From(store, "/", before + 1);

        var plan = await StoreRestore.RunAsync(store, file, apply: true, default);

        Assert.That((keys, header.Revision), Is.EqualTo((3L, 4L)));
        Assert.That(plan, Is.EqualTo(new RestorePlan(Created: 1, Replaced: 1, Deleted: 1, Unchanged: 1)));
        Assert.That(await ContentsAsync(store), Is.EqualTo(["/changed=1", "/deleted=1", "/same=1"]));
        Assert.That(await store.GetRevisionAsync(default), Is.GreaterThan(before));
        Assert.That((await store.GetAsync("/new", before, default)).KeyValue, Is.Not.Null, "what was there before is history");
        List<string> seen = [];
        while (seen.Count < 3)
            seen.AddRange((await watch.ReadChangesAsync()).Changes.Select(change => change.Key).Where(key => key != StoreRestore.MarkerKey));
        Assert.That(seen, Is.EquivalentTo(["/changed", "/deleted", "/new"]), "a watcher sees the restore as changes");
    }

    [Test]
    public async Task Restore_IntoANewFile_BeginsBehindEveryRevisionThatClientsMayHaveSeen()
    {
        for (var i = 0; i < 300; i++)
            await PutAsync(store, $"/{i:000}", new string('x', 10_000));
        var (header, _) = await BackupFile.WriteAsync(store, file, TimeProvider.System, default);
        var path = directory.File("store.db");
        var first = StoreRestore.FirstRevisionAfter(header, header.Created + TimeSpan.FromHours(1));

        await using (var fresh = SqliteStore.Open(new SqliteStoreOptions { Path = path, FirstRevision = first }))
            await StoreRestore.RunAsync(fresh, file, apply: true, default);

        Assert.That(first, Is.EqualTo(header.Revision + 1_000_000 + 3_600_000));
        await using var restored = SqliteStore.Open(new SqliteStoreOptions { Path = path });
        Assert.That(await ContentsAsync(restored), Is.EqualTo(await ContentsAsync(store)));
        var range = await restored.RangeAsync(new RangeRequest { Prefix = "/" }, default);
        Assert.That(range.Items.Select(item => item.ModRevision), Has.All.GreaterThan(first));
        Assert.That(await restored.GetCompactedRevisionAsync(default), Is.EqualTo(first));
        await using var old = WatchReader.From(restored, "/", header.Revision + 5);
        Assert.That(Assert.ThrowsAsync<StoreException>(() => old.ReadAsync())!.Error, Is.EqualTo(StoreError.Compacted), "who watched the lost store must list again");
        Assert.That(SqliteFile.FindDamage(path), Is.Empty);
    }

    [Test]
    public async Task Restore_Interrupted_LeavesItsMarkAndIsDoneAgain()
    {
        for (var i = 0; i < 300; i++)
            await PutAsync(store, $"/{i:000}", new string('x', 10_000));
        await BackupFile.WriteAsync(store, file, TimeProvider.System, default);
        var path = directory.File("store.db");
        await using (var small = SqliteStore.Open(new SqliteStoreOptions { Path = path, MaxFileBytes = 2_000_000, ReserveBytes = 100_000 }))
        {
            var failure = Assert.ThrowsAsync<StoreException>(() => StoreRestore.RunAsync(small, file, apply: true, default));
            Assert.That(failure!.Error, Is.EqualTo(StoreError.NoSpace));
            Assert.That((await small.GetAsync(StoreRestore.MarkerKey, 0, default)).KeyValue, Is.Not.Null);
        }

        await using var larger = SqliteStore.Open(new SqliteStoreOptions { Path = path });
        await StoreRestore.RunAsync(larger, file, apply: true, default);
        Assert.That(await ContentsAsync(larger), Is.EqualTo(await ContentsAsync(store)), "the mark is gone too");
    }

    [Test]
    public async Task Write_WhileTheStoreIsWrittenTo_HoldsOneMoment()
    {
        var path = directory.File("store.db");
        await using var busy = SqliteStore.Open(new SqliteStoreOptions { Path = path });
        for (var i = 0; i < 300; i++)
            await PairAsync(busy, i, 0);
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var round = 1; !stop.IsCancellationRequested; round++)
                await PairAsync(busy, round % 300, round);
        });

        for (var i = 0; i < 5; i++)
        {
            await using var reader = await StoreFactory.OpenReaderAsync(new StoreOptions { Path = path });
            await BackupFile.WriteAsync(reader, file, TimeProvider.System, default);
            var values = new Dictionary<string, string>();
            BackupFile.Read(file, (key, value) => values[key] = Encoding.UTF8.GetString(value));
            Assert.That(values, Has.Count.EqualTo(600));
            Assert.That(Enumerable.Range(0, 300).Select(n => values[$"/left/{n}"] == values[$"/right/{n}"]), Has.All.True);
        }
        await stop.CancelAsync();
        await writing;

        static async Task PairAsync(SqliteStore store, int n, int value) => await store.CommitAsync(
            new StoreTransaction([], [StoreChange.Put($"/left/{n}", BitConverter.GetBytes(value)), StoreChange.Put($"/right/{n}", BitConverter.GetBytes(value))]), default);
    }

    [Test]
    public async Task Write_KeysThatDoNotLast_AreLeftOut()
    {
        await PutAsync(store, "/a", "1");
        await PutAsync(store, TimeMark.Prefix + "000000000060", "1");
        await store.CommitAsync(StoreTransaction.Create("/event", "x"u8.ToArray(), await store.GrantLeaseAsync(TimeSpan.FromHours(1), default)), default);

        var (_, keys) = await BackupFile.WriteAsync(store, file, TimeProvider.System, default);
        var plan = await StoreRestore.RunAsync(store, file, apply: true, default);

        Assert.That((keys, plan), Is.EqualTo((1L, new RestorePlan(0, 0, 0, 1))), "and a restore leaves them alone");
        Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public async Task Read_DamagedFile_IsRefusedWhereverTheDamageIs()
    {
        for (var i = 0; i < 50; i++)
            await PutAsync(store, $"/{i}", $"value {i}");
        await BackupFile.WriteAsync(store, file, TimeProvider.System, default);
        var good = await File.ReadAllBytesAsync(file);

        for (var place = 0; place < good.Length; place += 37)
        {
            var bad = (byte[])good.Clone();
            bad[place] ^= 0x20;
            await File.WriteAllBytesAsync(file, bad);
            Assert.Throws<BackupException>(() => BackupFile.Read(file, (_, _) => { }), $"byte {place}");
        }
        foreach (var length in new[] { 0, 10, 100, good.Length - 1 })
        {
            await File.WriteAllBytesAsync(file, good[..length]);
            Assert.Throws<BackupException>(() => BackupFile.Read(file, (_, _) => { }), $"cut at {length}");
        }
    }

    [Test]
    public void Read_NewerVersion_SaysSo()
    {
        File.WriteAllText(file, "orchestrator-backup 2\n{}\n");

        Assert.That(Assert.Throws<BackupException>(() => BackupFile.Read(file, (_, _) => { }))!.Message, Does.Contain("newer version"));
    }

    private static async Task PutAsync(IKeyValueStore store, string key, string value) =>
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(key, Encoding.UTF8.GetBytes(value))]), default);

    private static async Task<string[]> ContentsAsync(IKeyValueStore store) =>
        [.. (await store.RangeAsync(new RangeRequest { Prefix = "/" }, default)).Items.Select(item => $"{item.Key}={Encoding.UTF8.GetString(item.Value.Span)}")];
}
