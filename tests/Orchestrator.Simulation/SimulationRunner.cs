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
        // Without bugs too: what was put in on purpose may show only where something fails.
        var calm = RunOnce(options with { HasFaults = false, Log = null, Sabotage = Sabotage.None });
        var (more, less) = (Beyond(result, calm), Beyond(calm, result));
        if (more.Length > 0 || less.Length > 0)
        {
            throw new SimulationFailure(
                "the cluster converges to the same state as without faults", $"only with faults\n{more}\nonly without\n{less}\n", result.Steps, result.Time);
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

    /// <summary>The lines of a final state that another one has not, or not as often.</summary>
    private static string Beyond(SimulationResult one, SimulationResult other)
    {
        var rest = other.FinalState.Split('\n').ToList();
        return string.Join('\n', one.FinalState.Split('\n').Where(line => !rest.Remove(line)));
    }
}
