using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Controllers.Deployments;
using Orchestrator.Controllers.ReplicaSets;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.Deployments;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DeploymentControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(ReplicaSetController.Create, DeploymentController.Create);

    private FakeCluster Cluster => harness.Cluster;

    private Deployment Current => Cluster.Find<Deployment>("default", "web")!;

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Create_RollsOutTheFirstRevision()
    {
        await Cluster.CreateAsync(Objects.Deployment(3), default);
        await harness.ConvergeAsync();

        var replicaSet = Cluster.All<ReplicaSet>().Single();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(3));
            Assert.That(Current.Metadata.Annotations!["deployment.kubernetes.io/revision"], Is.EqualTo("1"));
            Assert.That(Condition("Progressing"), Is.EqualTo(("True", "NewReplicaSetAvailable", $"ReplicaSet \"{replicaSet.Metadata.Name}\" has successfully progressed.")));
            Assert.That(Condition("Available"), Is.EqualTo(("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")));
            Assert.That(Current.Status!.UpdatedReplicas, Is.EqualTo(3));
            Assert.That(replicaSet.Spec!.Selector!.MatchLabels!.Keys, Does.Contain("pod-template-hash"));
            Assert.That(harness.Events(), Does.Contain($"ScalingReplicaSet: Scaled up replica set {replicaSet.Metadata.Name} from 0 to 3"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<Deployment>();
    }

    [TestCase(4, "1", "0")]
    [TestCase(4, "0", "1")]
    [TestCase(10, "25%", "25%")]
    [TestCase(3, "100%", "100%")]
    [TestCase(1, "0", "0")]
    public async Task TemplateChange_RollsWithinTheLimits(int replicas, string surge, string unavailable)
    {
        var deployment = Objects.Deployment(replicas, Number(surge), Number(unavailable));
        await Cluster.CreateAsync(deployment, default);
        await harness.ConvergeAsync();
        await ChangeImageAsync("web:2");

        var maxTotal = replicas + Number(surge).Scale(replicas, roundUp: true);
        var minAvailable = Math.Min(replicas - Number(unavailable).Scale(replicas, roundUp: false), maxTotal == replicas ? replicas - 1 : replicas);
        do
        {
            await harness.QuietAsync();
            var active = Cluster.All<Pod>().Where(p => !p.IsBeingDeleted()).ToList();
            Assert.That(active, Has.Count.LessThanOrEqualTo(maxTotal));
            Assert.That(active.Count(p => p.Status!.Phase == "Running"), Is.GreaterThanOrEqualTo(minAvailable));
        }
        while (await harness.StepKubeletAsync());

        Assert.Multiple(() =>
        {
            Assert.That(Cluster.All<Pod>().Select(p => p.Spec!.Containers![0].Image), Is.All.EqualTo("web:2"));
            Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(replicas));
            Assert.That(Cluster.All<ReplicaSet>().Select(r => r.Spec!.Replicas), Is.EquivalentTo([0, replicas]));
            Assert.That(Condition("Progressing").Reason, Is.EqualTo("NewReplicaSetAvailable"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<Deployment>();
    }

    [Test]
    public async Task TemplateChange_StatusOlderThanSize_DoesNotCountThoseToldToGo()
    {
        // Nobody else is at work: a ReplicaSet has the status that is written here.
        await using var alone = new ControllerHarness().Start(DeploymentController.Create);
        await alone.Cluster.CreateAsync(Objects.Deployment(10, Number("25%"), Number("25%")), default);
        await alone.QuietAsync();
        var old = alone.Cluster.All<ReplicaSet>().Single().Metadata.Name!;
        await SetAvailableAsync(alone, old, 10);
        var deployment = alone.Cluster.All<Deployment>().Single();
        await alone.Cluster.UpdateAsync(deployment with { Spec = deployment.Spec! with { Template = Objects.Template("web:2") } }, default);
        await alone.QuietAsync();
        var changed = alone.Cluster.All<ReplicaSet>().Single(set => set.Metadata.Name != old).Metadata.Name!;

        await SetAvailableAsync(alone, changed, 3);
        Assert.That(alone.Cluster.Find<ReplicaSet>("default", old)!.Spec!.Replicas, Is.EqualTo(5), "with 3 new ones that is the least, although the status still says 10");
    }

    private static async Task SetAvailableAsync(ControllerHarness harness, string name, int count)
    {
        var set = harness.Cluster.Find<ReplicaSet>("default", name)!;
        await harness.Cluster.UpdateStatusAsync(set with { Status = new() { Replicas = count, ReadyReplicas = count, AvailableReplicas = count, ObservedGeneration = set.Metadata.Generation } }, default);
        await harness.QuietAsync();
    }

    [Test]
    public async Task TemplateChangedBack_ReusesTheOldReplicaSetUnderANewRevision()
    {
        await Cluster.CreateAsync(Objects.Deployment(2), default);
        await harness.ConvergeAsync();
        var first = Cluster.All<ReplicaSet>().Single().Metadata.Name!;
        await ChangeImageAsync("web:2");
        await harness.ConvergeAsync();
        await ChangeImageAsync("web:1");
        await harness.ConvergeAsync();

        var again = Cluster.Find<ReplicaSet>("default", first)!;
        Assert.Multiple(() =>
        {
            Assert.That(again.Spec!.Replicas, Is.EqualTo(2));
            Assert.That(again.Metadata.Annotations!["deployment.kubernetes.io/revision"], Is.EqualTo("3"));
            Assert.That(again.Metadata.Annotations["deployment.kubernetes.io/revision-history"], Is.EqualTo("1"));
            Assert.That(Current.Metadata.Annotations!["deployment.kubernetes.io/revision"], Is.EqualTo("3"));
            Assert.That(Cluster.All<ReplicaSet>(), Has.Count.EqualTo(2));
        });
    }

    [Test]
    public async Task Recreate_StartsNewPodsOnlyWhenOldOnesAreGone()
    {
        var deployment = Objects.Deployment(3);
        await Cluster.CreateAsync(
            deployment with { Spec = deployment.Spec! with { Strategy = new DeploymentStrategy { Type = "Recreate" } } }, default);
        await harness.ConvergeAsync();
        await ChangeImageAsync("web:2");
        await harness.QuietAsync();
        Assert.That(Cluster.All<Pod>().Select(p => p.Spec!.Containers![0].Image), Is.All.EqualTo("web:1"));
        Assert.That(Cluster.All<Pod>(), Is.All.Matches<Pod>(p => p.IsBeingDeleted()));

        await harness.ConvergeAsync();
        Assert.That(Cluster.All<Pod>().Select(p => p.Spec!.Containers![0].Image), Is.EqualTo(["web:2", "web:2", "web:2"]));
    }

    [Test]
    public async Task Scale_IdleDeployment_ResizesTheOneReplicaSet()
    {
        await Cluster.CreateAsync(Objects.Deployment(2), default);
        await harness.ConvergeAsync();
        await ChangeAsync(spec => spec with { Replicas = 5 });
        await harness.ConvergeAsync();
        Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(5));
        Assert.That(Current.Status!.AvailableReplicas, Is.EqualTo(5));
        Assert.That(Condition("Progressing").Reason, Is.EqualTo("NewReplicaSetAvailable"));
    }

    [Test]
    public async Task Paused_TemplateChange_WaitsUntilResumed()
    {
        await Cluster.CreateAsync(Objects.Deployment(2), default);
        await harness.ConvergeAsync();
        await ChangeAsync(spec => spec with { Paused = true });
        await harness.ConvergeAsync();
        Assert.That(Condition("Progressing").Reason, Is.EqualTo("DeploymentPaused"));
        await ChangeImageAsync("web:2");
        await harness.ConvergeAsync();
        Assert.That(Cluster.All<ReplicaSet>(), Has.Count.EqualTo(1));

        await ChangeAsync(spec => spec with { Paused = null });
        await harness.ConvergeAsync();
        Assert.That(Cluster.All<Pod>().Select(p => p.Spec!.Containers![0].Image), Is.All.EqualTo("web:2"));
    }

    [Test]
    public async Task Rollout_WithoutProgress_TimesOut()
    {
        await Cluster.CreateAsync(Objects.Deployment(2), default);
        await harness.ConvergeAsync();
        harness.BecomesReady = _ => false;
        await ChangeImageAsync("web:broken");
        await harness.ConvergeAsync();
        var name = Cluster.All<ReplicaSet>().Single(r => r.Spec!.Template!.Spec!.Containers![0].Image == "web:broken").Metadata.Name;

        await harness.Clock.AdvanceUntilAsync(
            () => Condition("Progressing").Reason == "ProgressDeadlineExceeded", TimeSpan.FromSeconds(700), TimeSpan.FromSeconds(10));
        Assert.That(Condition("Progressing"), Is.EqualTo(("False", "ProgressDeadlineExceeded", $"ReplicaSet \"{name}\" has timed out progressing.")));
        Assert.That(Current.Status!.AvailableReplicas, Is.EqualTo(2), "the old pods still serve");
        await harness.AssertNoWritesOnSecondPassAsync<Deployment>();
    }

    [Test]
    public async Task History_BeyondTheLimit_IsRemoved()
    {
        await Cluster.CreateAsync(Objects.Deployment(1), default);
        await ChangeAsync(spec => spec with { RevisionHistoryLimit = 2 });
        for (var i = 2; i <= 6; i++)
        {
            await harness.ConvergeAsync();
            await ChangeImageAsync($"web:{i}");
        }

        await harness.ConvergeAsync();
        Assert.That(Cluster.All<ReplicaSet>().Select(Revisions.Of), Is.EquivalentTo([4, 5, 6]));
    }

    [Test]
    public async Task ReplicaSetName_TakenByAnother_GetsAnotherHash()
    {
        var deployment = Objects.Deployment(1);
        var hash = TemplateHash.Compute(deployment.Spec!.Template!, 0);
        await Cluster.CreateAsync(
            Objects.ReplicaSet(0, $"web-{hash}") with { Spec = Objects.ReplicaSet(0).Spec! with { Selector = new() { MatchLabels = new Dictionary<string, string> { ["x"] = "y" } } } },
            default);
        await Cluster.CreateAsync(deployment, default);
        await harness.QuietAsync();
        await harness.Clock.AdvanceUntilAsync(() => Cluster.All<ReplicaSet>().Count == 2, TimeSpan.FromSeconds(5));
        await harness.ConvergeAsync();
        Assert.That(Current.Status!.CollisionCount, Is.EqualTo(1));
        Assert.That(Cluster.All<Pod>(), Has.Count.EqualTo(1));
    }

    private (string? Status, string? Reason, string? Message) Condition(string type)
    {
        var condition = DeploymentConditions.Find(Current.Status!.Conditions, type)!;
        return (condition.Status, condition.Reason, condition.Message);
    }

    private Task ChangeImageAsync(string image) => ChangeAsync(spec => spec with { Template = Objects.Template(image) });

    private Task ChangeAsync(Func<DeploymentSpec, DeploymentSpec> change) =>
        Cluster.UpdateAsync(Current with { Metadata = Current.Metadata with { ResourceVersion = null }, Spec = change(Current.Spec!) }, default);

    private static IntOrString Number(string text) =>
        int.TryParse(text, out var number) ? new IntOrString(number) : new IntOrString(text);
}
