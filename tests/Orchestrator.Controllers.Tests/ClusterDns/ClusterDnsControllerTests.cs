using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.ClusterDns;
using Orchestrator.Controllers.Tests.Machinery;

namespace Orchestrator.Controllers.Tests.ClusterDns;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClusterDnsControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(c => ClusterDnsController.Create(c, "10.96.0.10"));

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Nodes_ComeAndGo_TheSliceFollows()
    {
        var cluster = harness.Cluster;
        await NodeAsync("n1", "172.30.0.2", "True");
        await harness.QuietAsync();
        Assert.That(cluster.Writes.Count(w => w.Resource == "services"), Is.Zero, "not before the namespace exists");

        await cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "kube-system" } }, default);
        await NodeAsync("n2", "172.30.0.3", "Unknown");
        await harness.QuietAsync();

        Assert.That(cluster.Find<Service>("kube-system", "kube-dns")!.Spec!.ClusterIP, Is.EqualTo("10.96.0.10"));
        Assert.That(Shown(), Is.EqualTo(["172.30.0.2 ready for n1", "172.30.0.3 for "]));
        await harness.AssertNoWritesOnSecondPassAsync<Service>();

        await cluster.DeleteAsync<Node>(null, "n2", null, default);
        await harness.QuietAsync();
        Assert.That(Shown(), Is.EqualTo(["172.30.0.2 ready for n1"]));
    }

    [Test]
    public async Task Service_Deleted_IsMadeAgain()
    {
        await harness.Cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "kube-system" } }, default);
        await harness.QuietAsync();
        await harness.Cluster.DeleteAsync<Service>("kube-system", "kube-dns", null, default);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.Find<Service>("kube-system", "kube-dns"), Is.Not.Null);
    }

    private IEnumerable<string> Shown() => harness.Cluster.All<EndpointSlice>().Single().Endpoints!
        .Select(e => $"{e.Addresses![0]}{(e.Conditions!.Ready == true ? " ready" : "")} for {e.Hints?.ForNodes?[0].Name}");

    private Task NodeAsync(string name, string ip, string ready) => harness.Cluster.CreateAsync(
        new Node
        {
            Metadata = new ObjectMeta { Name = name },
            Status = new NodeStatus
            {
                Addresses = [new NodeAddress { Type = "InternalIP", Address = ip }], Conditions = [new NodeCondition { Type = "Ready", Status = ready }],
            },
        },
        default);
}
