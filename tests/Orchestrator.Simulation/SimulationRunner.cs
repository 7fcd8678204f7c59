using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation;

/// <summary>Runs a seed as it is judged: with faults, and, for the state to compare with, without.</summary>
public static class SimulationRunner
{
    /// <param name="compare">Whether to run without faults too.</param>
    /// <exception cref="SimulationFailure">An invariant does not hold.</exception>
    public static SimulationResult Run(SimulationOptions options, bool compare = true)
    {
        var result = RunOnce(options);
        if (!compare)
            return result;
        var calm = RunOnce(options with { HasFaults = false, Log = null });
        if (result.FinalState != calm.FinalState)
        {
            throw new SimulationFailure(
                "the cluster converges to the same state as without faults",
                $"with faults\n{result.FinalState}\nwithout\n{calm.FinalState}\n", result.Steps, result.Time);
        }

        return result;
    }

    /// <summary>How to see a failure again.</summary>
    public static string CommandFor(SimulationOptions options) =>
        FormattableString.Invariant($"make simulate SEED={options.Seed} SECONDS={options.Time.TotalSeconds:0} LOG=debug");

    private static SimulationResult RunOnce(SimulationOptions options)
    {
        using var simulation = new ClusterSimulation(options);
        return simulation.Run();
    }
}
