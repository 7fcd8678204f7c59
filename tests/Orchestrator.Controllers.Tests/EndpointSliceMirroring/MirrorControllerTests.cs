using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.EndpointSliceMirroring;
using Orchestrator.Controllers.Tests.Machinery;
using CoreEndpoints = Orchestrator.Api.Core.V1.Endpoints;
using CorePort = Orchestrator.Api.Core.V1.EndpointPort;

namespace Orchestrator.Controllers.Tests.EndpointSliceMirroring;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MirrorControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(MirrorController.Create);

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Endpoints_WrittenChangedAndDeleted_TheSliceFollows()
    {
        await ServiceAsync(selector: null);
        var endpoints = await EndpointsAsync("192.0.2.1", "192.0.2.2");
        await harness.QuietAsync();
        var slice = Slices().Single();
        Assert.Multiple(() =>
        {
            Assert.That(slice.Endpoints!.Select(e => e.Addresses![0]), Is.EqualTo(["192.0.2.1", "192.0.2.2"]));
            Assert.That(slice.Ports!.Single().Port, Is.EqualTo(9376));
            Assert.That(slice.Metadata.Labels!["endpointslice.kubernetes.io/managed-by"], Is.EqualTo("endpointslicemirroring-controller.k8s.io"));
        });
        await harness.AssertNoWritesOnSecondPassAsync<CoreEndpoints>();

        await harness.Cluster.UpdateAsync(endpoints with { Subsets = Subset("192.0.2.3") }, default);
        await harness.QuietAsync();
        Assert.That(Slices().Single().Endpoints!.Select(e => e.Addresses![0]), Is.EqualTo(["192.0.2.3"]));

        await harness.Cluster.DeleteAsync<CoreEndpoints>("default", "db", null, default);
        await harness.QuietAsync();
        Assert.That(Slices(), Is.Empty);
    }

    [Test]
    public async Task Endpoints_OfAServiceWithSelector_AreNotMirrored()
    {
        await ServiceAsync(Objects.App);
        await EndpointsAsync("192.0.2.1");
        await harness.QuietAsync();
        Assert.That(Slices(), Is.Empty);
    }

    [Test]
    public async Task Endpoints_MarkedToBeSkipped_AreNotMirrored()
    {
        await ServiceAsync(selector: null);
        var endpoints = await EndpointsAsync("192.0.2.1");
        await harness.QuietAsync();
        var labels = new Dictionary<string, string> { ["endpointslice.kubernetes.io/skip-mirror"] = "true" };
        await harness.Cluster.UpdateAsync(endpoints.WithMetadata(endpoints.Metadata with { Labels = labels }), default);
        await harness.QuietAsync();
        Assert.That(Slices(), Is.Empty);
    }

    private IReadOnlyList<EndpointSlice> Slices() => harness.Cluster.All<EndpointSlice>();

    private Task ServiceAsync(IReadOnlyDictionary<string, string>? selector) => harness.Cluster.CreateAsync(
        new Service { Metadata = new ObjectMeta { Name = "db", Namespace = "default" }, Spec = new ServiceSpec { Selector = selector } }, default);

    private Task<CoreEndpoints> EndpointsAsync(params string[] addresses) => harness.Cluster.CreateAsync(
        new CoreEndpoints { Metadata = new ObjectMeta { Name = "db", Namespace = "default" }, Subsets = Subset(addresses) }, default);

    private static IReadOnlyList<EndpointSubset> Subset(params string[] addresses) =>
    [
        new EndpointSubset
        {
            Addresses = [.. addresses.Select(a => new EndpointAddress { Ip = a })], Ports = [new CorePort { Port = 9376, Protocol = "TCP" }],
        },
    ];
}
