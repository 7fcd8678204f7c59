using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.Namespaces;
using Orchestrator.Controllers.Tests.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.Namespaces;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class NamespaceControllerTests
{
    private readonly ControllerHarness harness = new ControllerHarness().Start(NamespaceController.Create);

    private FakeCluster Cluster => harness.Cluster;

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Delete_WithContent_EmptiesItPodsFirst()
    {
        await CreateAsync("a");
        await Cluster.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "c", Namespace = "a" } }, default);
        await Cluster.CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "c", Namespace = "default" } }, default);
        await Cluster.CreateAsync(Objects.Pod("p").WithMetadata(new ObjectMeta { Name = "p", Namespace = "a" }), default);

        await Cluster.DeleteAsync<Namespace>(null, "a", null, default);
        await harness.QuietAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Find<Pod>("a", "p")!.IsBeingDeleted(), Is.True);
            Assert.That(Cluster.Find<ConfigMap>("a", "c"), Is.Not.Null, "pods may still need it");
            Assert.That(Condition("NamespaceContentRemaining"), Is.EqualTo("Some resources are remaining: pods. has 1 resource instances"));
        });

        await harness.ConvergeAsync();
        Assert.Multiple(() =>
        {
            Assert.That(Cluster.Find<Namespace>(null, "a"), Is.Null);
            Assert.That(Cluster.Find<ConfigMap>("a", "c"), Is.Null);
            Assert.That(Cluster.Find<ConfigMap>("default", "c"), Is.Not.Null);
        });
    }

    [Test]
    public async Task Delete_ContentWithFinalizer_WaitsAndSaysSo()
    {
        await CreateAsync("a");
        var held = await Cluster.CreateAsync(
            new ConfigMap { Metadata = new ObjectMeta { Name = "c", Namespace = "a", Finalizers = ["test/hold"] } }, default);
        await Cluster.DeleteAsync<Namespace>(null, "a", null, default);
        await harness.QuietAsync();
        Assert.That(Condition("NamespaceFinalizersRemaining"), Does.Contain("test/hold in 1 resource instances"));
        await harness.AssertNoWritesOnSecondPassAsync<Namespace>();

        held = Cluster.Find<ConfigMap>("a", "c")!;
        await Cluster.UpdateAsync(held.WithMetadata(held.Metadata with { Finalizers = null }), default);
        await harness.Clock.AdvanceUntilAsync(() => Cluster.Find<Namespace>(null, "a") is null, TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task Namespace_NotDeleted_IsLeftAlone()
    {
        await CreateAsync("a");
        await harness.AssertNoWritesOnSecondPassAsync<Namespace>();
    }

    private Task CreateAsync(string name) => Cluster.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = name } }, default);

    private string? Condition(string type) =>
        Cluster.Find<Namespace>(null, "a")!.Status!.Conditions!.Single(c => c is { Status: "True" } && c.Type == type).Message;
}
