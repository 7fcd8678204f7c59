using System.Collections.Concurrent;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Tests;

/// <summary>A few hundred short runs, the same ones each time. <c>make simulate</c> draws others, and longer ones.</summary>
public sealed class SeedTests
{
    private const int Seeds = 200;

    /// <summary>Every so many runs are compared with one without faults, which costs as much again.</summary>
    private const int Compared = 4;

    [Test]
    public void Runs_OfManySeeds_KeepEveryInvariant()
    {
        var failures = new ConcurrentBag<string>();
        // Each run has its thread to itself.
        Parallel.For(0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var options = new SimulationOptions { Seed = seed, Time = TimeSpan.FromSeconds(12) };
            try
            {
                SimulationRunner.Run(options, compare: seed % Compared == 0);
            }
            catch (SimulationFailure failure)
            {
                failures.Add($"seed {seed}: {failure.Message}\nagain: {SimulationRunner.CommandFor(options)}");
            }
        });
        Assert.That(failures, Is.Empty);
    }
}
