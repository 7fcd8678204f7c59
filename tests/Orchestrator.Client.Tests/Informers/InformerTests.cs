using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Informers;
using Orchestrator.Testing;

namespace Orchestrator.Client.Tests.Informers;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class InformerTests
{
    private readonly FakeClock clock = new();
    private readonly CancellationTokenSource stop = new();
    private FakeCluster cluster = null!;
    private InformerFactory factory = null!;
    private Task running = Task.CompletedTask;

    [SetUp]
    public void SetUp()
    {
        cluster = new FakeCluster(clock);
        factory = new InformerFactory(cluster, InformerOptions.Default, clock, new Random(1), NullLoggerFactory.Instance);
    }

    [TearDown]
    public async Task TearDown()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    [Test]
    public async Task Lister_AfterSync_HoldsWhatExistedAndWhatCame()
    {
        await CreateAsync("a");
        var informer = Start();
        await informer.Synced;
        await CreateAsync("b");

        await Settle.UntilAsync(() => informer.Lister.List().Count == 2);
        Assert.That(informer.Lister.Find(new ObjectKey("default", "b")), Is.Not.Null);
    }

    [Test]
    public async Task Handler_AddedLate_HearsOfEverythingInTheCache()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        var informer = Start();
        await informer.Synced;

        var heard = new List<string>();
        informer.AddHandler(change => heard.Add(change.New!.Metadata.Name!));

        Assert.That(heard, Is.EqualTo(["a", "b"]));
    }

    [Test]
    public async Task Handlers_ForEachChange_SeeTheCacheAlreadyUpdated()
    {
        var informer = Start();
        await informer.Synced;
        var seen = new List<string>();
        informer.AddHandler(change => seen.Add(
            $"{(change.Old is null ? "+" : change.New is null ? "-" : "~")} cached={informer.Lister.Find(change.Object.Key()) is not null}"));

        var created = await CreateAsync("a");
        await cluster.UpdateAsync(created with { Data = new Dictionary<string, string> { ["k"] = "v" } }, default);
        await cluster.DeleteAsync<ConfigMap>("default", "a", null, default);

        await Settle.UntilAsync(() => seen.Count == 3);
        Assert.That(seen, Is.EqualTo(["+ cached=True", "~ cached=True", "- cached=False"]));
    }

    [Test]
    public async Task Watch_EndedByTheServer_ResumesWithoutLoss()
    {
        var informer = Start();
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);
        cluster.DropWatches();
        await CreateAsync("while-away");

        await clock.AdvanceUntilAsync(() => informer.Lister.List().Count == 1, TimeSpan.FromSeconds(10));
        Assert.That(cluster.Requests.Count(r => r.Verb == "list"), Is.EqualTo(1), "the watch resumes; nothing is listed again");
    }

    [Test]
    public async Task Watch_FromARevisionThatIsGone_ListsAgainAndReportsTheDifference()
    {
        await CreateAsync("stays");
        await CreateAsync("goes");
        var informer = Start();
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);
        var changes = new List<string>();
        informer.AddHandler(change => changes.Add($"{(change.Old is null ? "+" : "-")}{change.Object.Metadata.Name}"));
        changes.Clear();

        cluster.HoldWatches = true;
        await cluster.DeleteAsync<ConfigMap>("default", "goes", null, default);
        await CreateAsync("comes");
        cluster.DropWatches();
        cluster.HoldWatches = false;
        cluster.Compact();

        await clock.AdvanceUntilAsync(() => changes.Count == 2, TimeSpan.FromSeconds(10));
        Assert.That(changes, Is.EquivalentTo(["+comes", "-goes"]));
    }

    [Test]
    public async Task List_RefusedForAWhile_IsTriedUntilItSucceeds()
    {
        var refusals = 5;
        cluster.Refuse = request => request.Verb == "list" && refusals-- > 0 ? Errors.Unavailable() : null;
        var informer = Start();

        await clock.AdvanceUntilAsync(() => informer.Synced.IsCompleted, TimeSpan.FromSeconds(30));
        Assert.That(refusals, Is.LessThan(0));
    }

    [Test]
    public async Task Index_AfterUpdates_FollowsTheObjects()
    {
        var informer = factory.For<Pod>();
        informer.AddIndex("node", pod => pod.Spec?.NodeName is { } node ? [node] : []);
        running = factory.RunAsync(stop.Token);
        await informer.Synced;
        await cluster.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" }, Spec = new PodSpec() }, default);
        await cluster.CreateSubresourceAsync<Pod, Binding, Status>(
            "default", "p", "binding", new Binding { Target = new ObjectReference { Name = "n1" } }, default);

        await Settle.UntilAsync(() => informer.Lister.ByIndex("node", "n1").Count == 1);
        await cluster.DeleteAsync<Pod>("default", "p", new DeleteOptions { GracePeriodSeconds = 0 }, default);
        await Settle.UntilAsync(() => informer.Lister.ByIndex("node", "n1").Count == 0);
    }

    [Test]
    public async Task FieldSelector_ObjectThatLeavesIt_IsGoneFromTheCache()
    {
        await cluster.CreateAsync(new Pod { Metadata = new ObjectMeta { Name = "p", Namespace = "default" }, Spec = new PodSpec() }, default);
        var unbound = factory.For<Pod>("spec.nodeName=");
        running = factory.RunAsync(stop.Token);
        await unbound.Synced;
        Assert.That(unbound.Lister.List(), Has.Count.EqualTo(1));

        await cluster.CreateSubresourceAsync<Pod, Binding, Status>(
            "default", "p", "binding", new Binding { Target = new ObjectReference { Name = "n1" } }, default);
        await Settle.UntilAsync(() => unbound.Lister.List().Count == 0);
    }

    [Test]
    public async Task Revision_WhenAtLeast_CompletesOnceTheChangeIsInTheCache()
    {
        var informer = Start();
        await Settle.UntilAsync(() => cluster.WatcherCount == 1);
        cluster.HoldWatches = true;
        await CreateAsync("a");
        var reached = ((IRevisionSource)informer).WhenAtLeastAsync(cluster.Revision);
        Assert.That(reached.IsCompleted, Is.False);

        cluster.HoldWatches = false;
        await reached;
        Assert.That(informer.Lister.List(), Has.Count.EqualTo(1));
    }

    private IInformer<ConfigMap> Start()
    {
        var informer = factory.For<ConfigMap>();
        running = factory.RunAsync(stop.Token);
        return informer;
    }

    private Task<ConfigMap> CreateAsync(string name) =>
        cluster.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = name, Namespace = "default" } }, default);
}
