using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Causes;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Queues;
using Orchestrator.Client.Reconciling;
using Orchestrator.Testing;

namespace Orchestrator.Client.Tests.Reconciling;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ControllerRunnerTests
{
    private static readonly ObjectKey Key = new("default", "a");

    private readonly FakeClock clock = new();
    private readonly TrackedContext context = new();
    private readonly CancellationTokenSource stop = new();
    private readonly FakeCluster cluster;
    private readonly TrackingApiClient client;
    private readonly InformerFactory informers;
    private readonly WorkQueue<ObjectKey> queue;
    private readonly List<Task> running = [];

    public ControllerRunnerTests()
    {
        cluster = new FakeCluster(clock);
        client = new TrackingApiClient(cluster);
        informers = new InformerFactory(client, InformerOptions.Default, clock, new Random(1), NullLoggerFactory.Instance);
        queue = new WorkQueue<ObjectKey>("test", clock);
    }

    [TearDown]
    public async Task TearDown()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        stop.Dispose();
        queue.Dispose();
    }

    [Test]
    public async Task Reconcile_Throws_IsRepeatedWithBackoff()
    {
        var calls = 0;
        Run((_, _) => ++calls < 4 ? throw new InvalidOperationException("not yet") : ReconcileResult.Done);
        queue.Add(Key);
        await clock.AdvanceUntilAsync(() => calls == 4, TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(5));
        await Settle.UntilAsync(() => queue.FailuresOf(Key) == 0);
    }

    [Test]
    public async Task Reconcile_TerminalException_WaitsForAChange()
    {
        var calls = 0;
        Run((_, _) => { calls++; throw new TerminalException("no use"); });
        queue.Add(Key);
        await Settle.UntilAsync(() => calls == 1);
        clock.Advance(TimeSpan.FromHours(1));
        await context.QuietAsync();
        Assert.That(calls, Is.EqualTo(1));
    }

    [Test]
    public async Task Reconcile_NamespaceIsBeingDeleted_IsLeftToTheDeletion()
    {
        var calls = 0;
        Run((_, _) => { calls++; throw Errors.NamespaceTerminating("going"); });
        queue.Add(Key);
        await Settle.UntilAsync(() => calls == 1);
        clock.Advance(TimeSpan.FromHours(1));
        await context.QuietAsync();
        Assert.That(calls, Is.EqualTo(1));
    }

    [Test]
    public async Task Reconcile_Runs_WithItsCause()
    {
        Cause? cause = null;
        Run((_, _) => { cause = Cause.Current; return ReconcileResult.Done; });
        queue.Add(Key, 42);
        await Settle.UntilAsync(() => cause is not null);
        Assert.Multiple(() =>
        {
            Assert.That(cause!.Controller, Is.EqualTo("test"));
            Assert.That(cause.Object, Is.EqualTo("v1/configmaps/default/a"));
            Assert.That(cause.Triggers, Is.EqualTo([42]));
            Assert.That(CauseHeader.Parse(CauseHeader.Format(cause))!.ReconcileId, Is.EqualTo(cause.ReconcileId));
        });
    }

    [Test]
    public async Task Reconcile_AfterItsOwnCreate_WaitsUntilTheCacheShowsIt()
    {
        var cached = informers.For<ConfigMap>();
        var calls = 0;
        RunAsync(async (key, token) =>
        {
            calls++;
            if (cached.Lister.List().Count == 0)
                await client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { GenerateName = "made-", Namespace = key.Namespace } }, token);
            return ReconcileResult.Done;
        });
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);

        cluster.HoldWatches = true;
        queue.Add(Key);
        await Settle.UntilAsync(() => cluster.All<ConfigMap>().Count == 1);
        queue.Add(Key);
        await context.QuietAsync();
        Assert.That(calls, Is.EqualTo(1), "the cache is older than the controller's own write");

        cluster.HoldWatches = false;
        await Settle.UntilAsync(() => calls == 2);
        Assert.That(cluster.All<ConfigMap>(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Reconcile_AfterItsOwnDelete_WaitsUntilTheCacheShowsIt()
    {
        await cluster.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "x", Namespace = "default" } }, default);
        var cached = informers.For<ConfigMap>();
        var calls = 0;
        RunAsync(async (_, token) =>
        {
            calls++;
            foreach (var item in cached.Lister.List())
                await client.DeleteAsync<ConfigMap>(item.Metadata.Namespace, item.Metadata.Name!, null, token);
            return ReconcileResult.Done;
        });
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);

        cluster.HoldWatches = true;
        queue.Add(Key);
        await Settle.UntilAsync(() => calls == 1 && cluster.All<ConfigMap>().Count == 0);
        queue.Add(Key);
        await context.QuietAsync();
        Assert.That(calls, Is.EqualTo(1));
        cluster.HoldWatches = false;
        await Settle.UntilAsync(() => calls == 2);
    }

    [Test]
    public async Task Reconcile_CacheThatNeverCatchesUp_GoesOnAfterTheLimit()
    {
        informers.For<ConfigMap>();
        var calls = 0;
        RunAsync(async (_, token) =>
        {
            if (++calls == 1)
                await client.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "x", Namespace = "default" } }, token);
            return ReconcileResult.Done;
        });
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);
        cluster.HoldWatches = true;
        queue.Add(Key);
        await Settle.UntilAsync(() => cluster.All<ConfigMap>().Count == 1);
        queue.Add(Key);
        await clock.AdvanceUntilAsync(() => calls == 2, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1));
    }

    private void Run(Func<ObjectKey, CancellationToken, ReconcileResult> reconcile) =>
        RunAsync((key, token) => Task.FromResult(reconcile(key, token)));

    private void RunAsync(Func<ObjectKey, CancellationToken, Task<ReconcileResult>> reconcile)
    {
        var options = new ControllerOptions { Name = "test", Resource = ResourceOf<ConfigMap>.Resource };
        var runner = new ControllerRunner(options, queue, new Reconciler(reconcile), informers, clock, NullLogger.Instance);
        running.Add(context.Start(() => informers.RunAsync(stop.Token)));
        running.Add(context.Start(() => runner.RunAsync([], stop.Token)));
    }

    private sealed class Reconciler(Func<ObjectKey, CancellationToken, Task<ReconcileResult>> reconcile) : IReconciler
    {
        public Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken) => reconcile(key, cancellationToken);
    }
}
