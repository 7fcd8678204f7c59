using System.Collections.Concurrent;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>A few hundred runs, the same ones each time. <c>make simulate</c> draws others, and longer ones.</summary>
public sealed class SeedTests
{
    private const int Seeds = 200;

    /// <summary>Every so many runs are compared with one without faults, which costs as much again.</summary>
    private const int Compared = 4;

    /// <summary>Every so many runs are long enough for Leases to run out, nodes to be given up and their pods to be evicted.</summary>
    private const int Long = 8;

    [Test]
    public async Task Runs_OfManySeeds_KeepEveryInvariantAndMeetEveryFault()
    {
        var failures = new ConcurrentBag<string>();
        var results = new ConcurrentBag<SimulationResult>();
        using var watchdog = new Watchdog(Watchdog.DefaultLimit);
        // Each run has its thread to itself. One that hangs keeps it: so this is not waited for on the test's own.
        var runs = Task.Factory.StartNew(
            () => Parallel.For(0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed => Run(seed, watchdog, results, failures)),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (await Task.WhenAny(runs, watchdog.Hung) != runs)
            Assert.Fail(await watchdog.Hung);
        await runs;

        Assert.That(failures, Is.Empty);
        var faults = new FaultCount();
        foreach (var result in results)
            faults.Add(result.Faults);
        await TestContext.Out.WriteLineAsync(faults.ToString());
        Assert.That(Enum.GetValues<FaultKind>().Where(kind => faults[kind] < Floor(kind)), Is.Empty, $"what happened too seldom; all that happened:\n{faults}");
    }

    private static void Run(int seed, Watchdog watchdog, ConcurrentBag<SimulationResult> results, ConcurrentBag<string> failures)
    {
        var options = new SimulationOptions { Seed = seed, Time = TimeOf(seed) };
        try
        {
            results.Add(SimulationRunner.Run(options, compare: seed % Compared == 0, watchdog));
        }
        catch (SimulationFailure failure)
        {
            failures.Add(SimulationRunner.Describe(options, failure));
        }
    }

    private static TimeSpan TimeOf(int seed) => TimeSpan.FromSeconds(seed % Long == 1 ? 60 + (seed % 61) : 12);

    /// <summary>Well below what these seeds come to: a change of theirs must not fail this, a fault that is no longer injected must.</summary>
    private static int Floor(FaultKind kind) => kind switch
    {
        FaultKind.Eviction => 1,
        FaultKind.Takeover or FaultKind.TakeoverFromFrozen or FaultKind.NodeUnknown => 3,
        FaultKind.LeaderFreeze or FaultKind.Isolation or FaultKind.NodeAway or FaultKind.ClockJump or FaultKind.Outage => 10,
        _ => 40,
    };
}
