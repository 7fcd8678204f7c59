namespace Orchestrator.Simulation.Tests;

/// <summary>The run that bugs are put into: one without faults, in which users count five times, twice at the same moment, and leave a Service behind.</summary>
internal static class SabotagedRun
{
    public static SimulationResult With(Sabotage sabotage)
    {
        var options = new SimulationOptions { Seed = 7, HasFaults = false, Time = TimeSpan.FromSeconds(30), Sabotage = sabotage };
        using var simulation = new ClusterSimulation(options);
        return simulation.Run();
    }
}
