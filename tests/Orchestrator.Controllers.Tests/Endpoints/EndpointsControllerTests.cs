using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.Endpoints;
using Orchestrator.Controllers.Tests.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;

namespace Orchestrator.Controllers.Tests.Endpoints;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EndpointsControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(EndpointsController.Create);

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Service_WithPods_ListsReadyAndOthers()
    {
        await ServiceAsync();
        await PodAsync("a", "10.244.0.6", ready: true);
        await PodAsync("b", "10.244.0.5", ready: true);
        await PodAsync("c", "10.244.0.4", ready: false);
        await harness.QuietAsync();

        var subset = harness.Cluster.Find<CoreEndpoints>("default", "web")!.Subsets!.Single();
        Assert.Multiple(() =>
        {
            Assert.That(subset.Addresses!.Select(a => a.Ip), Is.EqualTo(["10.244.0.5", "10.244.0.6"]));
            Assert.That(subset.NotReadyAddresses!.Select(a => a.Ip), Is.EqualTo(["10.244.0.4"]));
            Assert.That(subset.Ports!.Single().Port, Is.EqualTo(8080));
        });
        await harness.AssertNoWritesOnSecondPassAsync<Service>();
    }

    [Test]
    public async Task Service_Deleted_TakesItsEndpointsAlong()
    {
        await ServiceAsync();
        await harness.QuietAsync();
        Assert.That(harness.Cluster.Find<CoreEndpoints>("default", "web"), Is.Not.Null);
        await harness.Cluster.DeleteAsync<Service>("default", "web", null, default);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.Find<CoreEndpoints>("default", "web"), Is.Null);
    }

    private Task ServiceAsync() => harness.Cluster.CreateAsync(
        new Service
        {
            Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
            Spec = new ServiceSpec { Selector = Objects.App, ClusterIP = "10.96.0.1", Ports = [new ServicePort { Port = 80, TargetPort = 8080 }] },
        },
        default);

    private Task PodAsync(string name, string ip, bool ready)
    {
        var pod = Objects.Pod(name, ready: ready);
        return harness.Cluster.CreateAsync(pod with { Status = pod.Status! with { PodIP = ip, PodIPs = [new PodIP { Ip = ip }] } }, default);
    }
}
