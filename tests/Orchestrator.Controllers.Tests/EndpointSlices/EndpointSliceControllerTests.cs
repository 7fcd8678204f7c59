using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.EndpointSlices;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.EndpointSlices;

[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EndpointSliceControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(EndpointSliceController.Create);

    private FakeCluster Cluster => harness.Cluster;

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Service_WithReadyPods_ListsThem()
    {
        await ServiceAsync();
        await PodAsync("a", "10.244.0.5");
        await PodAsync("b", "10.244.0.6", ready: false);
        await harness.QuietAsync();

        var slice = Cluster.All<EndpointSlice>().Single();
        Assert.Multiple(() =>
        {
            Assert.That(Shown(slice), Is.EquivalentTo(["10.244.0.5 ready", "10.244.0.6"]));
            Assert.That(slice.Ports![0].Port, Is.EqualTo(8080));
            Assert.That(slice.Metadata.Labels!["kubernetes.io/service-name"], Is.EqualTo("web"));
            Assert.That(slice.Metadata.Labels["endpointslice.kubernetes.io/managed-by"], Is.EqualTo("endpointslice-controller.k8s.io"));
            Assert.That(slice.ControllerOwner()!.Kind, Is.EqualTo("Service"));
            Assert.That(slice.Endpoints![0].TargetRef!.Name, Is.EqualTo("a"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<Service>();
    }

    [Test]
    public async Task Service_WithoutPods_HasOneEmptySlice()
    {
        await ServiceAsync();
        await harness.QuietAsync();
        Assert.That(Cluster.All<EndpointSlice>().Single().Endpoints, Is.Empty);

        await PodAsync("a", "10.244.0.5");
        await harness.QuietAsync();
        Assert.That(Shown(Cluster.All<EndpointSlice>().Single()), Is.EqualTo(["10.244.0.5 ready"]));

        await Cluster.DeleteAsync<Pod>("default", "a", new DeleteOptions { GracePeriodSeconds = 0 }, default);
        await harness.QuietAsync();
        Assert.That(Cluster.All<EndpointSlice>().Single().Endpoints, Is.Empty);
        await harness.AssertNoWritesOnSecondPassAsync<Service>();
    }

    [Test]
    public async Task Pod_Terminating_IsServingButNotReady()
    {
        await ServiceAsync();
        await PodAsync("a", "10.244.0.5");
        await harness.QuietAsync();
        await Cluster.DeleteAsync<Pod>("default", "a", null, default);
        await harness.QuietAsync();
        var conditions = Cluster.All<EndpointSlice>().Single().Endpoints![0].Conditions!;
        Assert.That((conditions.Ready, conditions.Serving, conditions.Terminating), Is.EqualTo((false, true, true)));
    }

    [Test]
    public async Task Pod_ThatLosesItsLabels_IsTakenOut()
    {
        await ServiceAsync();
        await PodAsync("a", "10.244.0.5");
        await harness.QuietAsync();
        var pod = Cluster.Find<Pod>("default", "a")!;
        await Cluster.UpdateAsync(pod.WithMetadata(pod.Metadata with { Labels = new Dictionary<string, string>() }), default);
        await harness.QuietAsync();
        Assert.That(Cluster.All<EndpointSlice>().Single().Endpoints, Is.Empty);
    }

    [Test]
    public async Task ManyPods_FillSlicesOfAHundred_AndOneChangeTouchesOne()
    {
        await ServiceAsync();
        for (var i = 0; i < 250; i++)
            await PodAsync($"p{i:d3}", $"10.244.{i / 200}.{(i % 200) + 2}");
        await harness.QuietAsync();
        Assert.That(Cluster.All<EndpointSlice>().Sum(s => s.Endpoints!.Count), Is.EqualTo(250));
        Assert.That(Cluster.All<EndpointSlice>().Select(s => s.Endpoints!.Count), Is.All.LessThanOrEqualTo(100));

        Cluster.ForgetRequests();
        var pod = Cluster.Find<Pod>("default", "p042")!;
        await Cluster.UpdateStatusAsync(
            pod with { Status = pod.Status! with { Conditions = [new PodCondition { Type = "Ready", Status = "False" }] } }, default);
        await harness.QuietAsync();
        Assert.That(Cluster.Writes.Count(w => w.Resource == "endpointslices"), Is.EqualTo(1));
    }

    [Test]
    public async Task TargetPort_Named_FollowsEachPod()
    {
        await ServiceAsync(targetPort: "http");
        await PodAsync("a", "10.244.0.5", port: 8080);
        await PodAsync("b", "10.244.0.6", port: 9090);
        await harness.QuietAsync();
        Assert.That(
            Cluster.All<EndpointSlice>().Select(s => $"{s.Endpoints![0].Addresses![0]}:{s.Ports![0].Port}"),
            Is.EquivalentTo(["10.244.0.5:8080", "10.244.0.6:9090"]));
    }

    [TestCase("PreferSameNode", true)]
    [TestCase("PreferClose", false)]
    [TestCase(null, false)]
    public void Hints_FollowTheTrafficDistribution(string? distribution, bool expectsNode)
    {
        var hints = PodEndpoints.HintsOf(new Service { Spec = new ServiceSpec { TrafficDistribution = distribution } }, "n1", null);
        Assert.That(hints?.ForNodes?[0].Name, Is.EqualTo(expectsNode ? "n1" : null));
    }

    [Test]
    public async Task Slices_OfOthers_AreLeftAlone()
    {
        var theirs = new EndpointSlice
        {
            Metadata = new ObjectMeta
            {
                Name = "mine", Namespace = "default", Labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = "web" },
            },
            AddressType = "IPv4", Endpoints = [new Endpoint { Addresses = ["192.0.2.1"] }],
        };
        await Cluster.CreateAsync(theirs, default);
        await ServiceAsync();
        await harness.QuietAsync();
        Assert.That(Cluster.Find<EndpointSlice>("default", "mine")!.Metadata.ResourceVersion, Is.EqualTo("1001"));
    }

    private Task ServiceAsync(IntOrString? targetPort = null) => Cluster.CreateAsync(
        new Service
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new ServiceSpec { Selector = Objects.App, ClusterIP = "10.96.0.1", Ports = [new ServicePort { Port = 80, TargetPort = targetPort ?? 8080 }] },
        },
        default);

    private Task PodAsync(string name, string ip, bool ready = true, int port = 8080)
    {
        var pod = Objects.Pod(name, ready: ready);
        var container = pod.Spec!.Containers![0] with { Ports = [new ContainerPort { Name = "http", Port = port, Protocol = "TCP" }] };
        return Cluster.CreateAsync(
            pod with { Spec = pod.Spec with { Containers = [container] }, Status = pod.Status! with { PodIP = ip, PodIPs = [new PodIP { Ip = ip }] } }, default);
    }

    private static IEnumerable<string> Shown(EndpointSlice slice) =>
        slice.Endpoints!.Select(e => e.Addresses![0] + (e.Conditions!.Ready == true ? " ready" : ""));
}
