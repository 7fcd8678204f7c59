using System.Globalization;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation;

/// <summary>Runs a seed as it is judged: with faults, and, for the state to compare with, without.</summary>
public static class SimulationRunner
{
    /// <param name="compare">Whether to run without faults too.</param>
    /// <param name="watchdog">Looks whether the run goes on.</param>
    /// <exception cref="SimulationFailure">An invariant does not hold, or something threw that should not. No other exception.</exception>
    public static SimulationResult Run(SimulationOptions options, bool compare = true, Watchdog? watchdog = null)
    {
        var result = RunOnce(options, watchdog);
        if (!compare)
            return result;
        // Without bugs too: what was put in on purpose may show only where something fails.
        var calm = RunOnce(options with { HasFaults = false, Log = null, Sabotage = Sabotage.None }, watchdog);
        var (more, less) = (Beyond(result, calm), Beyond(calm, result));
        if (more.Length > 0 || less.Length > 0)
        {
            throw new SimulationFailure(
                "the cluster converges to the same state as without faults", $"only with faults\n{more}\nonly without\n{less}\n", result.Steps, result.Time);
        }

        return result;
    }

    /// <summary>How to see a failure again.</summary>
    public static string CommandFor(SimulationOptions options) => $"make simulate SEED={options.Seed} SECONDS={Seconds(options)} LOG=debug";

    /// <summary>What everybody is told of a failure: all there is to know, and how to see it again.</summary>
    public static string Describe(SimulationOptions options, SimulationFailure failure) => Describe(options, failure.ToString(), failure.Step);

    public static string Describe(SimulationOptions options, string failure, long step) =>
        $"seed {options.Seed} failed at step {step}\n{failure}\nto see it again: {CommandFor(options)}";

    /// <summary>To the tick: a run that is shorter or longer by one is another.</summary>
    internal static string Seconds(SimulationOptions options) =>
        ((decimal)options.Time.Ticks / TimeSpan.TicksPerSecond).ToString("0.#######", CultureInfo.InvariantCulture);

    internal static TimeSpan TimeOf(decimal seconds) => TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));

    private static SimulationResult RunOnce(SimulationOptions options, Watchdog? watchdog)
    {
        ClusterSimulation? simulation = null;
        try
        {
            using var watched = watchdog?.Watch(options, () => simulation?.Steps ?? 0);
            simulation = new ClusterSimulation(options);
            return simulation.Run();
        }
        catch (SimulationFailure failure) when (!options.HasFaults)
        {
            throw new SimulationFailure(failure.Rule, "already without faults: " + failure.Message, failure.Step, failure.Time, failure);
        }
        catch (Exception error) when (error is not SimulationFailure)
        {
            // The simulation itself has a bug, or met something that its author did not think of.
            throw new SimulationFailure("checks do not throw", error.Message, simulation?.Steps ?? 0, simulation?.Now ?? TimeSpan.Zero, error);
        }
        finally
        {
            simulation?.Dispose();
        }
    }

    /// <summary>The lines of a final state that another one has not, or not as often.</summary>
    private static string Beyond(SimulationResult one, SimulationResult other)
    {
        var rest = other.FinalState.Split('\n').ToList();
        return string.Join('\n', one.FinalState.Split('\n').Where(line => !rest.Remove(line)));
    }
}
