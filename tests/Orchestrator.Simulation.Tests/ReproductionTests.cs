namespace Orchestrator.Simulation.Tests;

/// <summary>A seed is a run: the same one each time, in any process.</summary>
public sealed class ReproductionTests
{
    [Test]
    public void Run_SameSeedTwice_GoesTheSameWay()
    {
        var (first, second) = (Run(seed: 5), Run(seed: 5));
        Assert.That(second, Is.EqualTo(first));
    }

    [Test]
    public void Run_AnotherSeed_GoesAnotherWay() => Assert.That(Run(seed: 6).Trace, Is.Not.EqualTo(Run(seed: 5).Trace));

    private static SimulationResult Run(int seed)
    {
        using var simulation = new ClusterSimulation(new SimulationOptions { Seed = seed, Time = TimeSpan.FromSeconds(30) });
        return simulation.Run();
    }
}
