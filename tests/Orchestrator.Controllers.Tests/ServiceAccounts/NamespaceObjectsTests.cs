using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.ServiceAccounts;
using Orchestrator.Controllers.Tests.Machinery;

namespace Orchestrator.Controllers.Tests.ServiceAccounts;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NamespaceObjectsTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(ServiceAccountController.Create, c => RootCaPublisher.Create(c, "PEM"));

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Namespace_Created_GetsItsAccountAndAuthority()
    {
        await harness.Cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "a" } }, default);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.Find<ServiceAccount>("a", "default"), Is.Not.Null);
        Assert.That(harness.Cluster.Find<ConfigMap>("a", "kube-root-ca.crt")!.Data!["ca.crt"], Is.EqualTo("PEM"));
        await harness.AssertNoWritesOnSecondPassAsync<Namespace>();
    }

    [Test]
    public async Task Objects_RemovedOrChanged_AreRestored()
    {
        await harness.Cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "a" } }, default);
        await harness.QuietAsync();
        await harness.Cluster.DeleteAsync<ServiceAccount>("a", "default", null, default);
        var authority = harness.Cluster.Find<ConfigMap>("a", "kube-root-ca.crt")!;
        await harness.Cluster.UpdateAsync(authority with { Data = new Dictionary<string, string> { ["ca.crt"] = "false" } }, default);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.Find<ServiceAccount>("a", "default"), Is.Not.Null);
        Assert.That(harness.Cluster.Find<ConfigMap>("a", "kube-root-ca.crt")!.Data!["ca.crt"], Is.EqualTo("PEM"));
    }
}
