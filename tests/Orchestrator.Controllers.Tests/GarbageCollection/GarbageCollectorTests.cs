using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.GarbageCollection;
using Orchestrator.Controllers.Machinery;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.GarbageCollection;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GarbageCollectorTests
{
    private readonly ControllerHarness harness = new();

    private FakeCluster Cluster => harness.Cluster;

    [SetUp]
    public void SetUp()
    {
        Cluster.Know<ReplicaSet>();
        Cluster.Know<Pod>();
        Cluster.Know<ConfigMap>();
        Cluster.Know<Node>();
        harness.Start(GarbageCollector.Create);
    }

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Owner_DeletedInTheBackground_TakesItsDependentsAlong()
    {
        var owner = await OwnerAsync();
        await DependentAsync("a", owner);
        await DependentAsync("b", owner);
        await DependentAsync("free", null);
        await harness.QuietAsync();

        await Cluster.DeleteAsync<ReplicaSet>("default", "web", null, default);
        await harness.QuietAsync();
        Assert.That(Names(), Is.EqualTo(["free"]));
    }

    [Test]
    public async Task Dependents_OfALivingOwner_CostNoRequests()
    {
        var owner = await OwnerAsync();
        await harness.QuietAsync();
        Cluster.ForgetRequests();
        await DependentAsync("a", owner);
        await DependentAsync("b", owner);
        await harness.QuietAsync();
        Assert.That(Cluster.Requests.Where(r => r.Verb is "get" or "patch" or "delete"), Is.Empty);
    }

    [Test]
    public async Task Dependent_WhoseOwnerNeverExisted_IsDeleted()
    {
        await harness.QuietAsync();
        await DependentAsync("a", new ReplicaSet { Metadata = new ObjectMeta { Name = "ghost", Namespace = "default", Uid = "gone" } });
        await harness.QuietAsync();
        Assert.That(Names(), Is.Empty);
    }

    [Test]
    public async Task Dependent_WithAnotherOwner_StaysAndForgetsTheOneThatIsGone()
    {
        var first = await OwnerAsync("first");
        var second = await OwnerAsync("second");
        await DependentAsync("a", first, second);
        await harness.QuietAsync();
        await Cluster.DeleteAsync<ReplicaSet>("default", "first", null, default);
        await harness.QuietAsync();
        Assert.That(Cluster.Find<ConfigMap>("default", "a")!.Metadata.OwnerReferences!.Single().Name, Is.EqualTo("second"));
    }

    [Test]
    public async Task Foreground_OwnerWaitsUntilItsDependentsAreGone()
    {
        var owner = await OwnerAsync();
        var held = await DependentAsync("held", owner);
        await Cluster.UpdateAsync(held.WithMetadata(held.Metadata with { Finalizers = ["test/hold"] }), default);
        await DependentAsync("b", owner);
        await harness.QuietAsync();

        await Cluster.DeleteAsync<ReplicaSet>("default", "web", new DeleteOptions { PropagationPolicy = "Foreground" }, default);
        await harness.QuietAsync();
        Assert.That(Names(), Is.EqualTo(["held"]));
        Assert.That(Cluster.Find<ReplicaSet>("default", "web"), Is.Not.Null, "something still blocks it");

        held = Cluster.Find<ConfigMap>("default", "held")!;
        await Cluster.UpdateAsync(held.WithMetadata(held.Metadata with { Finalizers = null }), default);
        await harness.QuietAsync();
        Assert.That(Cluster.Find<ReplicaSet>("default", "web"), Is.Null);
    }

    [Test]
    public async Task Orphan_DependentsStayWithoutOwner()
    {
        var owner = await OwnerAsync();
        await DependentAsync("a", owner);
        await harness.QuietAsync();
        await Cluster.DeleteAsync<ReplicaSet>("default", "web", new DeleteOptions { PropagationPolicy = "Orphan" }, default);
        await harness.QuietAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Find<ReplicaSet>("default", "web"), Is.Null);
            Assert.That(Cluster.Find<ConfigMap>("default", "a")!.Metadata.OwnerReferences, Is.Null);
        });
    }

    [Test]
    public async Task Owner_InAnotherNamespace_CountsAsAbsentAndIsReported()
    {
        var owner = await OwnerAsync(@namespace: "other");
        await DependentAsync("a", owner);
        await harness.QuietAsync();
        Assert.That(Names(), Is.Empty);
        Assert.That(harness.Events(), Has.Some.StartsWith("OwnerRefInvalidNamespace"));
    }

    [Test]
    public async Task Owner_ReplacedByAnotherOfItsName_IsGone()
    {
        var owner = await OwnerAsync();
        await DependentAsync("a", owner);
        await harness.QuietAsync();
        Cluster.HoldWatches = true;
        await Cluster.DeleteAsync<ReplicaSet>("default", "web", null, default);
        await OwnerAsync();
        Cluster.HoldWatches = false;
        await harness.QuietAsync();
        Assert.That(Names(), Is.Empty);
    }

    [Test]
    public async Task Chain_OfOwners_IsCollectedToItsEnd()
    {
        var top = await OwnerAsync("top");
        var middle = await DependentAsync("middle", top);
        await Cluster.CreateAsync(
            new ConfigMap { Metadata = new ObjectMeta { Name = "leaf", Namespace = "default", OwnerReferences = [Owners.ControllerReference(middle)] } }, default);
        await harness.QuietAsync();
        await Cluster.DeleteAsync<ReplicaSet>("default", "top", null, default);
        await harness.QuietAsync();
        Assert.That(Names(), Is.Empty);
    }

    private Task<ReplicaSet> OwnerAsync(string name = "web", string @namespace = "default")
    {
        var owner = Objects.ReplicaSet(0, name);
        return Cluster.CreateAsync(owner.WithMetadata(owner.Metadata with { Namespace = @namespace }), default);
    }

    private Task<ConfigMap> DependentAsync(string name, params ReplicaSet?[]? owners) => Cluster.CreateAsync(
        new ConfigMap
        {
            Metadata = new ObjectMeta
            {
                Name = name, Namespace = "default",
                OwnerReferences = [.. (owners ?? []).OfType<ReplicaSet>().Select((o, i) => Owners.ControllerReference(o) with { Controller = i == 0 })],
            },
        },
        default);

    private IEnumerable<string?> Names() => Cluster.All<ConfigMap>().Select(c => c.Metadata.Name);
}
