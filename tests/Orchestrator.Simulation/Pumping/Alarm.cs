namespace Orchestrator.Simulation.Pumping;

/// <summary>A step to come at a time.</summary>
internal sealed class Alarm(SimulatedProcess process, Action action, bool isBare)
{
    public SimulatedProcess Process { get; } = process;

    public bool IsBare { get; } = isBare;

    /// <summary>Null once cancelled.</summary>
    public Action? Action { get; private set; } = action;

    public void Cancel() => Action = null;
}
