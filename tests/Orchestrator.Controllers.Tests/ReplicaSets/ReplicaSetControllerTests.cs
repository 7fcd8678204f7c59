using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Controllers.ReplicaSets;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.ReplicaSets;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ReplicaSetControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(ReplicaSetController.Create);

    private FakeCluster Cluster => harness.Cluster;

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Create_ThreeReplicas_MakesThreePodsAndReportsThem()
    {
        await Cluster.CreateAsync(Objects.ReplicaSet(3), default);
        await harness.ConvergeAsync();

        var status = Cluster.Find<ReplicaSet>("default", "web")!.Status!;
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(3));
            Assert.That(Cluster.All<Pod>()[0].ControllerOwner()!.Kind, Is.EqualTo("ReplicaSet"));
            Assert.That((status.Replicas, status.ReadyReplicas, status.AvailableReplicas), Is.EqualTo((3, 3, 3)));
            Assert.That(status.ObservedGeneration, Is.EqualTo(1));
            Assert.That(harness.Events(), Has.Exactly(3).StartsWith("SuccessfulCreate: Created pod: web-"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<ReplicaSet>();
    }

    [Test]
    public async Task Scale_Down_DeletesTheSurplus()
    {
        await Cluster.CreateAsync(Objects.ReplicaSet(5), default);
        await harness.ConvergeAsync();
        await ResizeAsync(2);
        await harness.ConvergeAsync();
        Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(2));
        Assert.That(Cluster.Find<ReplicaSet>("default", "web")!.Status!.Replicas, Is.EqualTo(2));
    }

    [Test]
    public async Task Pod_Deleted_IsReplaced()
    {
        await Cluster.CreateAsync(Objects.ReplicaSet(2), default);
        await harness.ConvergeAsync();
        var victim = Cluster.All<Pod>()[0].Metadata.Name!;
        await Cluster.DeleteAsync<Pod>("default", victim, null, default);
        await harness.ConvergeAsync();
        Assert.That(Cluster.All<Pod>().Select(p => p.Metadata.Name), Has.No.Member(victim).And.Exactly(2).Items);
    }

    [Test]
    public async Task Orphan_ThatMatches_IsAdoptedAndCounts()
    {
        await Cluster.CreateAsync(Objects.Pod("orphan"), default);
        await Cluster.CreateAsync(Objects.ReplicaSet(2), default);
        await harness.ConvergeAsync();
        Assert.That(Cluster.Find<Pod>("default", "orphan")!.ControllerOwner()!.Name, Is.EqualTo("web"));
        Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Pod_RelabelledAway_IsReleasedAndReplaced()
    {
        await Cluster.CreateAsync(Objects.ReplicaSet(1), default);
        await harness.ConvergeAsync();
        var pod = Cluster.All<Pod>()[0];
        await Cluster.UpdateAsync(pod.WithMetadata(pod.Metadata with { Labels = new Dictionary<string, string> { ["app"] = "debug" } }), default);
        await harness.ConvergeAsync();
        Assert.That(Cluster.Find<Pod>("default", pod.Metadata.Name!)!.Metadata.OwnerReferences, Is.Null);
        Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Create_Refused_IsReportedAndRepeatedUntilItWorks()
    {
        var isRefusing = true;
        Cluster.Refuse = r => isRefusing && r is { Verb: "create", Resource: "pods" } ? Errors.Forbidden("exceeded quota") : null;
        await Cluster.CreateAsync(Objects.ReplicaSet(4), default);
        await harness.QuietAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Requests.Count(r => r is { Verb: "create", Resource: "pods" }), Is.LessThan(4), "starts slowly");
            Assert.That(Cluster.Find<ReplicaSet>("default", "web")!.Status!.Conditions![0].Reason, Is.EqualTo("FailedCreate"));
            Assert.That(harness.Events(), Does.Contain("FailedCreate: Error creating: exceeded quota"));
        });

        isRefusing = false;
        await harness.Clock.AdvanceUntilAsync(() => Cluster.All<Pod>().Count == 4, TimeSpan.FromMinutes(1));
        await harness.ConvergeAsync();
        Assert.That(Cluster.Find<ReplicaSet>("default", "web")!.Status!.Conditions, Is.Null.Or.Empty);
    }

    [Test]
    public async Task Create_SlowWatch_MakesNoDuplicates()
    {
        await harness.QuietAsync();
        await Cluster.CreateAsync(Objects.ReplicaSet(3), default);
        await Settle.UntilAsync(() => Cluster.All<Pod>().Count > 0);
        Cluster.HoldWatches = true;
        await ResizeAsync(4);
        await harness.QuietAsync();
        Cluster.HoldWatches = false;
        await harness.ConvergeAsync();
        Assert.That(Cluster.Requests.Count(r => r is { Verb: "create", Resource: "pods", Subresource: "" }), Is.EqualTo(4));
    }

    [Test]
    public async Task MinReadySeconds_PodBecomesAvailable_WithoutAnyEvent()
    {
        var replicaSet = Objects.ReplicaSet(1);
        await Cluster.CreateAsync(replicaSet with { Spec = replicaSet.Spec! with { MinReadySeconds = 30 } }, default);
        await harness.ConvergeAsync();
        Assert.That(Cluster.Find<ReplicaSet>("default", "web")!.Status!.AvailableReplicas, Is.Null);
        await harness.Clock.AdvanceUntilAsync(
            () => Cluster.Find<ReplicaSet>("default", "web")!.Status!.AvailableReplicas == 1, TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(1));
    }

    // A patch, because the controller may be writing the status meanwhile.
    private Task ResizeAsync(int replicas) =>
        Cluster.PatchAsync<ReplicaSet>("default", "web", PatchType.Merge, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = replicas } }, null, default);
}
