using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>What the file promises: crashes, full and read-only disks, foreign files, its size.</summary>
[TestFixture]
[CancelAfter(60_000)]
internal sealed class SqliteFileTests
{
    private TemporaryDirectory directory = null!;
    private string path = "";

    [SetUp]
    public void CreateDirectory()
    {
        directory = new TemporaryDirectory();
        path = directory.File("store.db");
    }

    [TearDown]
    public void RemoveDirectory() => directory.Dispose();

    [Test]
    public async Task Read_OfWhatIsInTheFileButNotPublished_ShowsTheStateBefore()
    {
        await using var store = Open(path);
        await store.CommitAsync(Put("/a", 1), default);
        var published = await store.GetRevisionAsync(default);
        await store.CommitAsync(Put("/a", 2), default);
        await store.CommitAsync(Put("/b", 1), default);
        await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete("/a")]), default);

        using var reader = new SqliteReader(path, () => published);

        var found = reader.Get("/a", 0);
        Assert.That((found.Revision, found.KeyValue!.ModRevision), Is.EqualTo((published, published)));
        var range = reader.Range(new RangeRequest { Prefix = "/" });
        Assert.That((range.Revision, range.Items.Single().Key, range.Items.Single().ModRevision), Is.EqualTo((published, "/a", published)));
        Assert.That(() => reader.Get("/a", published + 1), Throws.TypeOf<StoreException>().With.Property(nameof(StoreException.Error)).EqualTo(StoreError.FutureRevision));
    }

    [Test]
    public async Task LogCopier_BesideWrites_CopiesWhatWasCommitted()
    {
        await using var store = Open(path);
        for (var i = 0; i < 200; i++)
            await store.CommitAsync(Put($"/{i:000}", i), default);
        using var ended = new ManualResetEventSlim();
        using var copier = new LogCopier(path, ended.Set);
        Assert.That(copier.IsIdle, Is.True);

        copier.Begin();
        Assert.That(ended.Wait(TimeSpan.FromSeconds(20)), Is.True);
        Assert.That((copier.HasEnded, copier.End(), copier.IsIdle), Is.EqualTo((true, (StoreException?)null, true)));
        copier.Stop();

        // The file alone, without its log, now holds them all.
        File.Copy(path, directory.File("image.db"));
        await using var image = Open(directory.File("image.db"));
        Assert.That((await image.RangeAsync(new RangeRequest { Prefix = "/", CountOnly = true }, default)).Count, Is.EqualTo(200));
    }

    [Test]
    public async Task Open_FilesAsACrashLeftThem_HoldEveryAcknowledgedWrite()
    {
        await using var store = Open(path);
        for (var i = 0; i < 200; i++)
        {
            await store.CommitAsync(Put("/a", i), default);
            if (i % 50 != 0)
                continue;

            // The state on disk at a moment of writing, without the shared memory file: what a killed process leaves.
            var image = directory.File($"image-{i}.db");
            File.Copy(path, image);
            File.Copy(path + "-wal", image + "-wal");
            await using var recovered = Open(image);
            Assert.That(await ReadAsync(recovered, "/a"), Is.EqualTo(i));
            Assert.That(await recovered.GetRevisionAsync(default), Is.EqualTo(await store.GetRevisionAsync(default)));
        }
    }

    [Test]
    public async Task Open_WriteAheadLogCutOff_KeepsWholeTransactionsOnly()
    {
        await using (var store = Open(path))
        {
            await store.CommitAsync(Put("/a", 1), default);
            File.Copy(path, directory.File("image.db"));
            for (var i = 2; i <= 20; i++)
                await store.CommitAsync(new StoreTransaction([], [Change("/a", i), Change("/b", i)]), default);
            File.Copy(path + "-wal", directory.File("image.db-wal"));
        }
        using (var log = File.OpenWrite(directory.File("image.db-wal")))
            log.SetLength(log.Length - 1000);

        await using var recovered = Open(directory.File("image.db"));

        var (a, b) = (await ReadAsync(recovered, "/a"), await ReadAsync(recovered, "/b"));
        Assert.That(a, Is.EqualTo(b).And.InRange(2, 19), "the last transaction is gone as a whole, the others are not");
        Assert.That((await recovered.CommitAsync(Put("/a", 100), default)).Committed, Is.True);
    }

    [Test]
    public async Task Commit_ManyAtOnce_ShareTransactions()
    {
        const int writes = 2000;
        await using var store = Open(path);

        await Task.WhenAll(Enumerable.Range(0, writes).Select(i => store.CommitAsync(Put("/a", i), default).AsTask()));

        // Each transaction writes a page of the table and one of an index at least.
        Assert.That(new FileInfo(path + "-wal").Length, Is.LessThan(writes * SqliteSchema.PageSizeBytes));
    }

    [Test]
    public async Task Commit_LargerThanTheRoomThereIs_IsRefusedAndSmallerOnesAreNot()
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, MaxFileBytes = 600_000, ReserveBytes = 100_000 });
        await store.CommitAsync(StoreTransaction.Create("/small", new byte[2000]), default);

        var failure = Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(StoreTransaction.Create("/large", new byte[1_000_000]), default));

        Assert.That(failure!.Error, Is.EqualTo(StoreError.NoSpace));
        Assert.That(await TryPutAsync(store, "/after"), Is.True);
        Assert.That((await store.GetStatusAsync(default)).IsFull, Is.False);
    }

    [Test]
    public async Task Commit_FileAtItsLimit_IsNoSpaceAndNothingIsHarmed()
    {
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, MaxFileBytes = 300_000, ReserveBytes = 100_000 }))
        {
            var written = 0;
            var failure = Assert.ThrowsAsync<StoreException>(async () =>
            {
                for (; written < 1000; written++)
                    await store.CommitAsync(StoreTransaction.Create($"/{written:0000}", new byte[2000]), default);
            })!;
            Assert.That(failure.Error, Is.EqualTo(StoreError.NoSpace));

            var range = await store.RangeAsync(new RangeRequest { Prefix = "/" }, default);
            Assert.That((range.Count, range.Revision), Is.EqualTo(((long)written, 1L + written)));

            // Deletions and compaction go on, and with them room comes back.
            Assert.That((await store.GetStatusAsync(default)).IsFull, Is.True);
            for (var i = 0; i < written / 2; i++)
                await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete($"/{i:0000}")]), default);
            await store.CompactAsync(await store.GetRevisionAsync(default), default);
            Assert.That(async () => await TryPutAsync(store, "/after"), Is.True.After(10_000, 20));
            Assert.That((await store.GetStatusAsync(default)).IsFull, Is.False);
        }
        Assert.That(SqliteFile.FindDamage(path), Is.Empty);

        await using var larger = Open(path);
        Assert.That((await larger.CommitAsync(StoreTransaction.Create("/more", new byte[2000]), default)).Committed, Is.True);
    }

    [Test]
    [Category("Root")]
    public async Task Commit_DiskIsFull_IsNoSpaceAndWorksAgainWhenThereIsRoom()
    {
        const int keep = 1_000_000;
        using var disk = new SmallDisk(directory.File("disk"), sizeBytes: 8_000_000);
        var (ballast, file) = (Path.Combine(disk.Path, "ballast"), Path.Combine(disk.Path, "store.db"));
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Path = file, ReserveBytes = keep }))
        {
            await store.CommitAsync(Put("/before", 1), default);
            await using var watch = await WatchReader.FromNowAsync(store, "/");
            await File.WriteAllBytesAsync(ballast, new byte[5_000_000]);

            var written = 0;
            var failure = Assert.ThrowsAsync<StoreException>(async () =>
            {
                for (; written < 1000; written++)
                    await store.CommitAsync(StoreTransaction.Create($"/{written:0000}", new byte[10_000]), default);
            })!;
            Assert.That(failure.Error, Is.EqualTo(StoreError.NoSpace));

            // Reads go on, and so do deletions, the end of leases and compaction. What was refused was not written.
            Assert.That(await ReadAsync(store, "/before"), Is.EqualTo(1));
            Assert.That((await store.RangeAsync(new RangeRequest { Prefix = "/" }, default)).Count, Is.EqualTo(written + 1));
            for (var i = 0; i < written; i++)
                Assert.That((await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete($"/{i:0000}")]), default)).Committed, Is.True);
            Assert.That(await TryPutAsync(store, "/still-no-room", new byte[1_400_000]), Is.False);
            for (var i = 0; i < 2 * written; i++)
                Assert.That((await watch.ReadChangesAsync()).Changes, Has.Count.EqualTo(1));

            File.Delete(ballast);
            Assert.That((await store.CommitAsync(Put("/after", 2), default)).Committed, Is.True);
        }
        Assert.That(SqliteFile.FindDamage(file), Is.Empty);
    }

    /// <summary>A disk so small that the log is a third of it: it must be possible to move it, and to give it back.</summary>
    [TestCase(14_000_000, 2_000_000)]
    [TestCase(10_000_000, 4_000_000)]
    [TestCase(40_000_000, 8 * 1024 * 1024)]
    [Category("Root")]
    public async Task SmallDisk_FilledAndEmptied_TakesWritesAgain(int sizeBytes, int reserveBytes)
    {
        using var disk = new SmallDisk(directory.File("disk"), sizeBytes);
        var file = Path.Combine(disk.Path, "store.db");
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Path = file, ReserveBytes = reserveBytes }))
        {
            var written = 0;
            for (; written < 1000 && await TryPutAsync(store, $"/{written}", new byte[100_000]); written++)
            {
            }
            Assert.That(written, Is.InRange(10, 999));
            for (var i = 0; i < written; i++)
                Assert.That((await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete($"/{i}")]), default)).Committed, Is.True);
            await store.CompactAsync(await store.GetRevisionAsync(default), default);

            // Compaction, trimming and moving the log are done by the time, a step at a time.
            Assert.That(async () => await TryPutAsync(store, "/after", new byte[100_000]), Is.True.After(delayInMilliseconds: 10_000, pollingInterval: 50));
        }
        Assert.That(SqliteFile.FindDamage(file), Is.Empty);
    }

    [Test]
    [Category("Root")]
    public async Task Open_DiskIsFull_ReadsAndDeletesButTakesNoWrites()
    {
        using var disk = new SmallDisk(directory.File("disk"), sizeBytes: 4_000_000);
        var (ballast, options) = (Path.Combine(disk.Path, "ballast"), new SqliteStoreOptions { Path = Path.Combine(disk.Path, "store.db"), ReserveBytes = 500_000 });
        await using (var store = SqliteStore.Open(options))
            await store.CommitAsync(Put("/a", 1), default);
        File.Delete(options.Path + ".reserve");
        await File.WriteAllBytesAsync(ballast, new byte[3_200_000]);

        await using var full = SqliteStore.Open(options);

        Assert.That(await ReadAsync(full, "/a"), Is.EqualTo(1));
        Assert.That(await TryPutAsync(full, "/b"), Is.False);
        Assert.That((await full.CommitAsync(new StoreTransaction([], [StoreChange.Delete("/a")]), default)).Committed, Is.True);
        File.Delete(ballast);
        Assert.That(await TryPutAsync(full, "/b"), Is.True);
    }

    [Test]
    public async Task FindDamage_PageOverwritten_SaysSo()
    {
        await using (var store = Open(path))
        {
            for (var i = 0; i < 200; i++)
                await store.CommitAsync(Put($"/{i}", i), default);
        }
        Assert.That(SqliteFile.FindDamage(path), Is.Empty);
        using (var file = File.OpenWrite(path))
        {
            file.Position = file.Length - 4096;
            file.Write(new byte[200]);
        }

        Assert.That(SqliteFile.FindDamage(path), Is.Not.Empty);
    }

    private static Task<bool> TryPutAsync(SqliteStore store, string key) => TryPutAsync(store, key, [1]);

    private static async Task<bool> TryPutAsync(SqliteStore store, string key, byte[] value)
    {
        try
        {
            return (await store.CommitAsync(StoreTransaction.Create(key, value), default)).Committed;
        }
        catch (StoreException error) when (error.Error == StoreError.NoSpace)
        {
            return false;
        }
    }

    [Test]
    [Category("Root")]
    public async Task Open_ReadOnlyDisk_SaysSoAndHarmsNothing()
    {
        using var disk = new SmallDisk(directory.File("disk"), sizeBytes: 40_000_000);
        var file = Path.Combine(disk.Path, "store.db");
        await using (var store = Open(file))
            await store.CommitAsync(Put("/a", 1), default);
        disk.MakeReadOnly();

        Assert.That(Assert.Throws<StoreException>(() => Open(file))!.Error, Is.EqualTo(StoreError.ReadOnly));

        disk.MakeWritable();
        await using var again = Open(file);
        Assert.That(await ReadAsync(again, "/a"), Is.EqualTo(1));
    }

    [Test]
    public void Open_FileOfANewerVersion_IsRefusedWithBothVersions()
    {
        using (var connection = CreateEmpty())
            connection.Execute("PRAGMA user_version = 99");

        var failure = Assert.Throws<StoreException>(() => Open(path))!;

        Assert.That(failure.Error, Is.EqualTo(StoreError.Corrupt));
        Assert.That(failure.Message, Does.Contain("newer version").And.Contain("99").And.Contain($"{SqliteSchema.Version}"));
    }

    [Test]
    public void Open_SomebodyElsesDatabase_IsRefused()
    {
        using (var connection = SqliteConnection.Open(path, writes: true))
            connection.Execute("CREATE TABLE theirs (id INTEGER)");

        Assert.That(Assert.Throws<StoreException>(() => Open(path))!.Error, Is.EqualTo(StoreError.Corrupt));
    }

    [Test]
    public void Open_NoDatabaseAtAll_IsRefused()
    {
        File.WriteAllText(path, new string('x', 5000));

        Assert.That(Assert.Throws<StoreException>(() => Open(path))!.Error, Is.EqualTo(StoreError.Corrupt));
        Assert.That(File.ReadAllText(path), Is.EqualTo(new string('x', 5000)), "the file was not touched");
    }

    [Test]
    public async Task Open_SecondTime_SaysThatTheStoreIsInUse()
    {
        await using (Open(path))
        {
            var failure = Assert.Throws<StoreException>(() => Open(path))!;
            Assert.That((failure.Error, failure.Message), Is.EqualTo((StoreError.Unavailable, $"{path} is in use by another process")));
        }
        await using var again = Open(path);
    }

    [Test]
    public async Task Compaction_ManyOldVersions_LeavesOneRowPerKey()
    {
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, CompactionBatchRows = 10 }))
        {
            await using var watch = await WatchReader.FromNowAsync(store, "/");
            for (var i = 0; i < 300; i++)
                await store.CommitAsync(Put($"/{i % 3}", i), default);
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Delete("/0")]), default);
            var last = await store.CommitAsync(Put("/1", 1000), default);
            await store.CompactAsync(last.Revision, default);

            // Writes go on between the steps; each step is small.
            for (var i = 0; i < 100; i++)
                await store.CommitAsync(Put("/2", 2000 + i), default);
            Assert.That(() => RowsIn(path, last.Revision), Is.EqualTo(2).After(10_000, 20), "the newest of /1 and of /2 before that revision");
            Assert.That(await ReadAsync(store, "/1"), Is.EqualTo(1000));
        }

        await using var reopened = Open(path);
        var range = await reopened.RangeAsync(new RangeRequest { Prefix = "/" }, default);
        Assert.That(range.Items.Select(item => item.Key), Is.EqualTo(["/1", "/2"]));
    }

    [Test]
    public async Task Compaction_StoreClosedMidway_GoesOnAfterOpening()
    {
        await using (var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, CompactionBatchRows = 1 }))
        {
            CommitResult last = null!;
            for (var i = 0; i < 500; i++)
                last = await store.CommitAsync(Put("/a", i), default);
            await store.CompactAsync(last.Revision, default);
        }

        await using var reopened = Open(path);

        Assert.That(() => RowsIn(path), Is.EqualTo(1).After(10_000, 20));
        Assert.That(await ReadAsync(reopened, "/a"), Is.EqualTo(499));
    }

    [TestCase(SqliteReader.NextKeySql)]
    [TestCase(SqliteReader.NextRowSql)]
    [TestCase(SqliteReader.AtRevisionSql)]
    [TestCase(SqliteReader.PredecessorSql)]
    [TestCase(LogAppender.HeadSql)]
    [TestCase(LogAppender.LeaseKeysSql)]
    public void SqlPlan_QueryOnTheLog_SeeksInAnIndexAndDoesNotSort(string query)
    {
        using var connection = CreateEmpty();
        using var plan = connection.Prepare("EXPLAIN QUERY PLAN " + query);
        List<string> steps = [];
        while (plan.Step())
            steps.Add(plan.Key(3));

        Assert.That(steps, Has.Count.EqualTo(1), "a second step would be a sort");
        Assert.That(steps[0], Does.StartWith("SEARCH").And.Contain("INDEX log_by_"));
    }

    [TestCase(2, 3, true)]
    [TestCase(1, 0, false)]
    [TestCase((1L << 47) - 1, RowId.MaxPositions - 1, true)]
    public void RowId_OnDisk_KeepsItsLayout(long revision, int position, bool isDeletion)
    {
        var id = new RowId(revision, position, isDeletion);

        Assert.That(id.Value, Is.EqualTo((revision * 65536) + (position * 2) + (isDeletion ? 1 : 0)));
        Assert.That((id.Revision, id.IsDeletion), Is.EqualTo((revision, isDeletion)));
        Assert.That(id.Value, Is.InRange(RowId.FirstOf(revision).Value, RowId.LastOf(revision).Value));
    }

    private static SqliteStore Open(string path) => SqliteStore.Open(new SqliteStoreOptions { Path = path });

    private SqliteConnection CreateEmpty()
    {
        var connection = SqliteConnection.Open(path, writes: true);
        SqliteSchema.Prepare(connection, new SqliteStoreOptions { Path = path });
        return connection;
    }

    private static long RowsIn(string path, long toRevision = long.MaxValue >> 17)
    {
        using var connection = SqliteConnection.Open(path, writes: false);
        return connection.QueryInteger($"SELECT count(*) FROM log WHERE id <= {RowId.LastOf(toRevision).Value}");
    }

    private static StoreChange Change(string key, int value) => StoreChange.Put(key, BitConverter.GetBytes(value));

    private static StoreTransaction Put(string key, int value) => new([], [Change(key, value)]);

    private static async Task<int> ReadAsync(SqliteStore store, string key) =>
        BitConverter.ToInt32((await store.GetAsync(key, 0, default)).KeyValue!.Value.Span);
}
