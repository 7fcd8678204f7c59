using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.PodGc;
using Orchestrator.Controllers.Tests.Machinery;

namespace Orchestrator.Controllers.Tests.PodGc;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PodGcControllerTests
{
    private readonly ControllerHarness harness = new(new ControllerManagerOptions { TerminatedPodThreshold = 2 });

    [TearDown]
    public async Task TearDown() => await harness.DisposeAsync();

    [Test]
    public async Task Pods_OfANodeThatIsGone_AreRemovedAfterAWhile()
    {
        await harness.Cluster.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "n1" } }, default);
        await harness.Cluster.CreateAsync(Objects.Pod("here"), default);
        await harness.Cluster.CreateAsync(Objects.Pod("lost", node: "n2"), default);
        harness.Start(PodGcController.Create);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.All<Pod>(), Has.Count.EqualTo(2));

        await harness.Clock.AdvanceUntilAsync(() => harness.Cluster.All<Pod>().Count == 1, TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(1));
        Assert.That(harness.Cluster.All<Pod>()[0].Metadata.Name, Is.EqualTo("here"));
    }

    [Test]
    public async Task Pods_Ended_AreKeptUpToTheThreshold()
    {
        for (var i = 0; i < 5; i++)
        {
            await harness.Cluster.CreateAsync(Objects.Pod($"p{i}", phase: "Succeeded"), default);
            harness.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await harness.Cluster.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "n1" } }, default);
        harness.Start(PodGcController.Create);
        await harness.QuietAsync();
        Assert.That(harness.Cluster.All<Pod>().Select(p => p.Metadata.Name), Is.EqualTo(["p3", "p4"]));
    }
}
