using Orchestrator.Api;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.Nodes;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.Nodes;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NodeControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness(new ControllerManagerOptions { NodeMonitorGracePeriod = TimeSpan.FromSeconds(40) })
        .Start(NodeLifecycleController.Create, TaintEvictionController.Create, c => NodeIpamController.Create(c, "10.244.0.0/16"));

    private FakeCluster Cluster => harness.Cluster;

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Join_EachNode_GetsItsOwnPodRange()
    {
        for (var i = 1; i <= 3; i++)
            await JoinAsync($"n{i}");
        await harness.QuietAsync();
        Assert.That(Cluster.All<Node>().Select(n => n.Spec!.PodCIDR), Is.EquivalentTo(["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24"]));

        await Cluster.DeleteAsync<Node>(null, "n1", null, default);
        await harness.QuietAsync();
        await JoinAsync("n4");
        await harness.QuietAsync();
        Assert.That(Cluster.All<Node>().Select(n => n.Spec!.PodCIDR), Is.Unique);
        await harness.AssertNoWritesOnSecondPassAsync<Node>();
    }

    [Test]
    public async Task Node_RenewingItsLease_StaysReady()
    {
        await JoinAsync("n1");
        for (var i = 0; i < 10; i++)
        {
            harness.Clock.Advance(TimeSpan.FromSeconds(20));
            await RenewAsync("n1");
            await harness.QuietAsync();
        }

        Assert.That(Ready("n1"), Is.EqualTo("True"));
        Assert.That(TaintsOf("n1"), Is.Empty);
    }

    [Test]
    public async Task Node_Silent_BecomesUnknownIsTaintedAndItsPodsAreNotReady()
    {
        await JoinAsync("n1");
        await PodAsync("p", tolerationSeconds: 300);
        await harness.QuietAsync();

        var silentSince = harness.Clock.GetUtcNow();
        await harness.Clock.AdvanceUntilAsync(() => Ready("n1") == "Unknown", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));
        Assert.That((harness.Clock.GetUtcNow() - silentSince).TotalSeconds, Is.InRange(40, 43));
        await harness.QuietAsync();
        Assert.Multiple(() =>
        {
            Assert.That(TaintsOf("n1"), Is.EquivalentTo(["node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"]));
            Assert.That(Cluster.Find<Pod>("default", "p")!.Status!.Conditions![0].Status, Is.EqualTo("False"));
            Assert.That(harness.Events(), Does.Contain("NodeNotReady: Node n1 status is now: NodeNotReady"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<Node>();
    }

    [Test]
    public async Task Node_ThatSpeaksAgain_LosesItsTaints()
    {
        await JoinAsync("n1");
        await harness.QuietAsync();
        await harness.Clock.AdvanceUntilAsync(() => TaintsOf("n1").Count == 2, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));
        await RenewAsync("n1");
        await ReportReadyAsync("n1");
        await harness.QuietAsync();
        Assert.That(TaintsOf("n1"), Is.Empty);
        harness.Clock.Advance(TimeSpan.FromSeconds(39));
        await harness.QuietAsync();
        Assert.That(Ready("n1"), Is.EqualTo("True"));
    }

    [Test]
    public async Task Taint_Unreachable_EvictsPodsWhenTheirTolerationEnds()
    {
        await JoinAsync("n1");
        await PodAsync("patient", tolerationSeconds: 300);
        await PodAsync("forever", tolerationSeconds: null);
        await harness.QuietAsync();
        await harness.Clock.AdvanceUntilAsync(() => TaintsOf("n1").Count == 2, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));
        await harness.QuietAsync();
        var taintedAt = harness.Clock.GetUtcNow();

        await harness.Clock.AdvanceUntilAsync(() => IsGoing("patient"), TimeSpan.FromSeconds(320), TimeSpan.FromSeconds(2));
        Assert.Multiple(() =>
        {
            Assert.That((harness.Clock.GetUtcNow() - taintedAt).TotalSeconds, Is.InRange(297, 305));
            Assert.That(IsGoing("forever"), Is.False);
            Assert.That(Cluster.Find<Pod>("default", "patient")!.Status!.Conditions!.Last().Reason, Is.EqualTo("DeletionByTaintManager"));
        });
    }

    [Test]
    public async Task Taint_NotTolerated_EvictsAtOnce()
    {
        await JoinAsync("n1");
        await Cluster.CreateAsync(Objects.Pod("p"), default);
        await harness.QuietAsync();
        var node = Cluster.Find<Node>(null, "n1")!;
        await Cluster.UpdateAsync(node with { Spec = node.Spec! with { Taints = [new Taint { Key = "maintenance", Effect = "NoExecute" }] } }, default);
        await harness.QuietAsync();
        Assert.That(IsGoing("p"), Is.True);
    }

    [Test]
    public async Task Cordon_TaintsAndUncordonClears()
    {
        await JoinAsync("n1");
        await harness.QuietAsync();
        await SetUnschedulableAsync(true);
        await harness.QuietAsync();
        Assert.That(TaintsOf("n1"), Is.EqualTo(["node.kubernetes.io/unschedulable:NoSchedule"]));
        await SetUnschedulableAsync(null);
        await harness.QuietAsync();
        Assert.That(TaintsOf("n1"), Is.Empty);
    }

    [Test]
    public void TaintsOf_TaintOfOthers_IsKept()
    {
        var theirs = new Taint { Key = "dedicated", Value = "gpu", Effect = "NoSchedule" };
        var node = new Node
        {
            Metadata = new ObjectMeta { Name = "n" }, Spec = new NodeSpec { Taints = [theirs, new Taint { Key = NodePlan.NotReadyTaint, Effect = "NoSchedule" }] },
            Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
        };
        Assert.That(NodePlan.TaintsOf(node, DateTimeOffset.UnixEpoch), Is.EqualTo([theirs]));
    }

    private async Task JoinAsync(string name)
    {
        await Cluster.CreateAsync(new Node { Metadata = new ObjectMeta { Name = name }, Spec = new NodeSpec() }, default);
        await Cluster.CreateAsync(
            new Lease { Metadata = new ObjectMeta { Name = name, Namespace = "kube-node-lease" }, Spec = new LeaseSpec { RenewTime = harness.Clock.GetUtcNow() } },
            default);
        await ReportReadyAsync(name);
    }

    private async Task RenewAsync(string name)
    {
        var lease = Cluster.Find<Lease>("kube-node-lease", name)!;
        await Cluster.UpdateAsync(lease with { Spec = lease.Spec! with { RenewTime = harness.Clock.GetUtcNow() } }, default);
    }

    private async Task ReportReadyAsync(string name)
    {
        // Controllers write the node meanwhile; a kubelet patches, so its report does not depend on the version either.
        var ready = new NodeCondition { Type = "Ready", Status = "True", LastHeartbeatTime = harness.Clock.GetUtcNow() };
        while (true)
        {
            var node = Cluster.Find<Node>(null, name)!;
            try
            {
                await Cluster.UpdateStatusAsync(node with { Status = new NodeStatus { Conditions = [ready] } }, default);
                return;
            }
            catch (Orchestrator.Api.Errors.ApiException conflict) when (conflict.Reason == Orchestrator.Api.Errors.StatusReason.Conflict)
            {
                // Written in between: read again.
            }
        }
    }

    private async Task PodAsync(string name, long? tolerationSeconds)
    {
        var pod = Objects.Pod(name);
        var toleration = new Toleration
        {
            Key = NodePlan.UnreachableTaint, Operator = "Exists", Effect = "NoExecute", TolerationSeconds = tolerationSeconds,
        };
        await Cluster.CreateAsync(pod with { Spec = pod.Spec! with { Tolerations = [toleration] } }, default);
    }

    private async Task SetUnschedulableAsync(bool? value)
    {
        var node = Cluster.Find<Node>(null, "n1")!;
        await Cluster.UpdateAsync(node with { Spec = node.Spec! with { Unschedulable = value } }, default);
    }

    private string? Ready(string name) => NodeFacts.Ready(Cluster.Find<Node>(null, name)!)?.Status;

    private List<string> TaintsOf(string name) => [.. (Cluster.Find<Node>(null, name)!.Spec!.Taints ?? []).Select(t => $"{t.Key}:{t.Effect}")];

    private bool IsGoing(string name) => Cluster.Find<Pod>("default", name)!.IsBeingDeleted();
}
