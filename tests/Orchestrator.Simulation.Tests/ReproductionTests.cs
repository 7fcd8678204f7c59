using System.Diagnostics;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>A seed is a run: the same one each time, in any process, and whether it ends well or not.</summary>
public sealed class ReproductionTests
{
    [Test]
    public void Run_SameSeedTwice_GoesTheSameWay()
    {
        var (first, second) = (Run(seed: 5), Run(seed: 5));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(second.Faults[FaultKind.Kill] + second.Faults[FaultKind.DelayedCall], Is.GreaterThan(0), "a run in which something fails");
    }

    [Test]
    public void Run_AnotherSeed_GoesAnotherWay() => Assert.That(Run(seed: 6).Trace, Is.Not.EqualTo(Run(seed: 5).Trace));

    /// <summary>What the process has done before, and what it keeps of that, must not change a run.</summary>
    [Test]
    [CancelAfter(300_000)]
    public async Task Run_InAProcessOfItsOwn_GoesTheSameWayAsInOneThatHasRunOthers(CancellationToken cancellationToken)
    {
        Run(seed: 6);
        var warm = Run(seed: 5);
        var cold = await RunElsewhereAsync("--seed 5 --seconds 30", cancellationToken);
        Assert.That(cold, Does.Contain(SimulateCommand.Line(5, warm)));
    }

    [Test]
    public void Failure_SameSeedTwice_IsTheSameAtTheSameStep()
    {
        var (first, second) = (Fail(seed: 5), Fail(seed: 5));
        Assert.That(second, Is.EqualTo(first));
        Assert.That(first.Message, Does.StartWith("no acknowledged write is lost"));
    }

    private static SimulationResult Run(int seed)
    {
        using var simulation = new ClusterSimulation(Options(seed));
        return simulation.Run();
    }

    /// <summary>With a bug in the store, in the middle of faults.</summary>
    private static (string Message, long Step, TimeSpan Time, ulong Trace) Fail(int seed)
    {
        using var simulation = new ClusterSimulation(Options(seed) with { Sabotage = new Sabotage { Store = store => new LyingStore(store) { LosesWrite = 300 } } });
        var failure = Assert.Throws<SimulationFailure>(() => simulation.Run())!;
        return (failure.Message, failure.Step, failure.Time, simulation.Trace);
    }

    private static SimulationOptions Options(int seed) => new() { Seed = seed, Time = TimeSpan.FromSeconds(30) };

    private static async Task<string> RunElsewhereAsync(string arguments, CancellationToken cancellationToken)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Orchestrator.Simulation.dll");
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, $"exec {program} {arguments}") { RedirectStandardOutput = true })!;
        return await process.StandardOutput.ReadToEndAsync(cancellationToken);
    }
}
