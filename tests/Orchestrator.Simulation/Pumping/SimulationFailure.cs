namespace Orchestrator.Simulation.Pumping;

/// <summary>Something that must never happen has happened: the run ends here.</summary>
/// <param name="rule">Name of the invariant.</param>
/// <param name="step">The step after which it was seen.</param>
public sealed class SimulationFailure(string rule, string message, long step, TimeSpan time, Exception? innerException = null)
    : Exception($"{rule}: {message} (step {step}, {time} into the run)", innerException)
{
    public string Rule { get; } = rule;

    public long Step { get; } = step;

    public TimeSpan Time { get; } = time;
}
