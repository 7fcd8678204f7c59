using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Storage.Retention;
using Orchestrator.Storage.Sqlite;

namespace Orchestrator.Storage.Tests.Sqlite;

/// <summary>How large the file may get: under churn for a day, after a burst, and beside readers that never rest.</summary>
[TestFixture]
[CancelAfter(120_000)]
internal sealed class SqliteGrowthTests
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
    public async Task File_DayOfChurn_StaysBounded()
    {
        const int hoursKept = 3;
        var time = new ManualTimeProvider();
        var options = new SqliteStoreOptions { Path = path };
        await using var store = SqliteStore.Open(options, time);
        var keeper = new HistoryKeeper(store, new RetentionPolicy { MaxAge = TimeSpan.FromHours(hoursKept) }, () => 0, [], time, NullLogger<HistoryKeeper>.Instance);
        var cluster = new ChurningCluster(store, nodes: 20, pods: 60);

        var (sizes, logSizes) = (new long[24], new long[24]);
        for (var hour = 0; hour < 24; hour++)
        {
            for (var minute = 0; minute < 60; minute++)
            {
                await cluster.LiveOneMinuteAsync();
                time.Advance(TimeSpan.FromMinutes(1));
                await keeper.StepAsync(default);
            }
            (sizes[hour], logSizes[hour]) = (new FileInfo(path).Length, new FileInfo(path + "-wal").Length);
        }

        // In the first hours it grows to what is kept, then no more.
        var settled = sizes[hoursKept + 1];
        TestContext.Out.WriteLine($"{cluster.BytesWritten / 1e6:0} MB written in a day; hours: {string.Join(", ", sizes.Select(size => $"{size / 1e6:0.0}"))} MB");
        Assert.That(sizes[(hoursKept + 1)..].Max(), Is.LessThan(settled * 5 / 4));
        Assert.That(logSizes.Max(), Is.LessThan(options.MaxLogBytes));
        Assert.That(settled, Is.LessThan(cluster.BytesWritten * (hoursKept + 1) / 24 * 2), "at most twice the bytes that are kept");
        Assert.That((await store.RangeAsync(new RangeRequest { Prefix = "/registry/", CountOnly = true }, default)).Count, Is.EqualTo(cluster.Objects));
    }

    [Test]
    public async Task File_AfterABurstWasCompacted_ShrinksInSteps()
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path });
        await store.CommitAsync(StoreTransaction.Create("/kept", new byte[1000]), default);
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => store.CommitAsync(StoreTransaction.Create($"/{i}", new byte[3000]), default).AsTask()));
        await Task.WhenAll(Enumerable.Range(0, 10_000).Select(i => store.CommitAsync(new StoreTransaction([], [StoreChange.Delete($"/{i}")]), default).AsTask()));
        Assert.That((await store.GetStatusAsync(default)).SizeBytes, Is.GreaterThan(30_000_000));

        await store.CompactAsync(await store.GetRevisionAsync(default), default);

        Assert.That(async () => (await store.GetStatusAsync(default)).SizeBytes, Is.LessThan(6_000_000).After(30_000, 50));
        Assert.That((await store.GetAsync("/kept", 0, default)).KeyValue!.Value.Length, Is.EqualTo(1000));
    }

    [Test]
    public async Task WriteAheadLog_ReadersThatAlwaysOverlap_StaysBounded()
    {
        const long limit = 1_000_000;
        const int written = 100_000;
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, MaxLogBytes = limit, LogPatience = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 200; i++)
            await store.CommitAsync(StoreTransaction.Create($"/read/{i:000}", new byte[1000]), default);
        using var done = new CancellationTokenSource();
        var reading = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await store.RangeAsync(new RangeRequest { Prefix = "/read/" }, default);
        })).ToArray();

        var largest = 0L;
        for (var i = 0; i < 300; i++)
        {
            await store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/{i % 100}", new byte[written])]), default);
            largest = Math.Max(largest, new FileInfo(path + "-wal").Length);
        }
        await done.CancelAsync();
        await Task.WhenAll(reading);

        // 30 MB were written. Groups pass between two looks, each with some pages of indexes and freed space beside its value.
        Assert.That(largest, Is.LessThan(limit + (SqliteWriter.LogCheckGroups * written * 3 / 2)));
    }

    [Test]
    public async Task Compaction_UnderUnbrokenLoad_IsFasterThanTheLoad()
    {
        await using var store = SqliteStore.Open(new SqliteStoreOptions { Path = path, CompactionBatchRows = 1 });
        for (var round = 0; round < 60; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 200).Select(i => store.CommitAsync(new StoreTransaction([], [StoreChange.Put($"/{i}", new byte[500])]), default).AsTask()));
            await store.CompactAsync(await store.GetRevisionAsync(default), default);
        }

        // 12,000 rows were written. Steps of one row would be some hundred rows further.
        using var connection = SqliteConnection.Open(path, writes: false);
        Assert.That(connection.QueryInteger("SELECT count(*) FROM log"), Is.LessThan(3000));
    }

    /// <summary>Node leases renewed each ten seconds, pods that come and go, events about them.</summary>
    private sealed class ChurningCluster(SqliteStore store, int nodes, int pods)
    {
        private readonly Queue<int> living = new();
        private readonly List<StoreChange> changes = [];
        private int born;

        public long BytesWritten { get; private set; }

        public int Objects => nodes + living.Count;

        public async Task LiveOneMinuteAsync()
        {
            for (var second = 0; second < 60; second += 10)
            {
                for (var node = 0; node < nodes; node++)
                    Put($"/registry/leases/kube-node-lease/node-{node}", 800);
            }
            ChangePods();
            // Each is a write of its own; the day's writes of a minute come at once, to have the day in seconds.
            await Task.WhenAll(changes.Select(change => store.CommitAsync(new StoreTransaction([], [change]), default).AsTask()));
            changes.Clear();
        }

        private void ChangePods()
        {
            var pod = born++;
            living.Enqueue(pod);
            foreach (var bytes in (int[])[2500, 2600, 3500, 3600])
                Put($"/registry/pods/default/pod-{pod}", bytes);
            if (living.Count > pods)
                changes.Add(StoreChange.Delete($"/registry/pods/default/pod-{living.Dequeue()}"));
        }

        private void Put(string key, int bytes)
        {
            BytesWritten += key.Length + bytes;
            changes.Add(StoreChange.Put(key, new byte[bytes]));
        }
    }
}
