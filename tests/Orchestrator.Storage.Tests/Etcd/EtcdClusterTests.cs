using System.Text;
using Orchestrator.Storage.Etcd;

namespace Orchestrator.Storage.Tests.Etcd;

/// <summary>A cluster of three, one member of which dies or hangs while the store is used.</summary>
[TestFixture]
[Category("Etcd")]
[CancelAfter(60_000)]
internal sealed class EtcdClusterTests
{
    private static readonly EtcdStoreOptions Options = new()
    {
        Endpoints = [],
        ProbeDelay = TimeSpan.FromMilliseconds(300),
        ProbeTimeout = TimeSpan.FromMilliseconds(300),
        RetryDelay = TimeSpan.FromMilliseconds(50),
    };

    private EtcdCluster cluster = null!;

    [OneTimeSetUp]
    public void StartCluster() => cluster = EtcdCluster.Start();

    [OneTimeTearDown]
    public void StopCluster() => cluster?.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public async Task Member_Frozen_IsLeftForAnotherAndTheWatchMissesNothing(int member)
    {
        await using var store = await cluster.ConnectAsync(Options, first: member);
        await using var watch = await WatchReader.FromNowAsync(store, "/frozen/");
        var acknowledged = new List<int>();
        await PutAsync(store, "/frozen/", 1, 20, acknowledged);

        cluster.Freeze(member);
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            Assert.That(await store.GetRevisionAsync(default), Is.GreaterThan(20), "a read finds its way");
            await PutAsync(store, "/frozen/", 21, 40, acknowledged);
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(15)));
            Assert.That(acknowledged.Count(value => value > 20), Is.GreaterThan(15), "at most the writes under way are lost from sight");
            await AssertSawAsync(watch, acknowledged);
        }
        finally
        {
            cluster.Thaw(member);
        }
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public async Task Member_KilledUnderLoad_EveryAcknowledgedWriteIsThereAndNoneTwice(int member)
    {
        var prefix = $"/killed/{member}/";
        await using var store = await cluster.ConnectAsync(Options, first: member);
        await using var watch = await WatchReader.FromNowAsync(store, prefix);
        var acknowledged = new List<int>();
        var writing = PutAsync(store, prefix, 1, 200, acknowledged);
        await watch.ReadChangesAsync();

        cluster.Kill(member);
        await writing;
        cluster.Run(member);

        Assert.That(acknowledged, Has.Count.GreaterThan(150));
        var stored = await store.RangeAsync(new RangeRequest { Prefix = prefix }, default);
        Assert.That(stored.Items.Select(item => item.Version), Is.All.EqualTo(1), "a transaction that was sent twice");
        Assert.That(acknowledged.Select(value => Key(prefix, value)), Is.SubsetOf(stored.Items.Select(item => item.Key)));
    }

    [Test]
    public async Task Majority_Frozen_CallsFailInTimeAndResume()
    {
        await using var store = await cluster.ConnectAsync(Options with { Patience = TimeSpan.FromSeconds(1), RequestTimeout = TimeSpan.FromSeconds(2) });
        await using var watch = await WatchReader.FromNowAsync(store, "/majority/");
        cluster.Freeze(0);
        cluster.Freeze(1);
        try
        {
            var began = TimeProvider.System.GetTimestamp();
            var failure = Assert.ThrowsAsync<StoreException>(async () => await store.GetRevisionAsync(default))!;
            Assert.That(failure.Error, Is.EqualTo(StoreError.Unavailable));
            Assert.That(TimeProvider.System.GetElapsedTime(began), Is.LessThan(TimeSpan.FromSeconds(15)));
        }
        finally
        {
            cluster.Thaw(0);
            cluster.Thaw(1);
        }

        await Eventually(async () => await store.CommitAsync(StoreTransaction.Create("/majority/1", new byte[1]), default));
        Assert.That((await watch.ReadChangeAsync()).Key, Is.EqualTo("/majority/1"));
    }

    private static string Key(string prefix, int value) => $"{prefix}{value:000}";

    /// <summary>Creates keys; a create that fails may or may not have happened, and is not tried again.</summary>
    private static async Task PutAsync(EtcdStore store, string prefix, int first, int last, List<int> acknowledged)
    {
        for (var value = first; value <= last; value++)
        {
            try
            {
                var result = await store.CommitAsync(new StoreTransaction([], [StoreChange.Put(Key(prefix, value), Encoding.UTF8.GetBytes($"{value}"))]), default);
                acknowledged.Add(value);
                Assert.That(result.Committed, Is.True);
            }
            catch (StoreException e) when (e.Error == StoreError.Unavailable)
            {
                // Sent or not, nobody knows; that is what the error says.
            }
        }
    }

    private static async Task AssertSawAsync(WatchReader watch, List<int> acknowledged)
    {
        List<int> seen = [];
        while (seen.LastOrDefault() < acknowledged[^1])
            seen.Add(int.Parse(Encoding.UTF8.GetString((await watch.ReadChangeAsync()).Current!.Value.Span)));
        Assert.That(seen, Is.Ordered.And.Unique);
        Assert.That(acknowledged, Is.SubsetOf(seen));
    }

    private static async Task Eventually(Func<Task> action)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await action();
                return;
            }
            catch (StoreException e) when (e.Error == StoreError.Unavailable && attempt < 20)
            {
                await Task.Delay(200);
            }
        }
    }
}
