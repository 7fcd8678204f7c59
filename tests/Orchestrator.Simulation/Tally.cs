using System.Globalization;

namespace Orchestrator.Simulation;

/// <summary>What many runs came to. Thread-safe.</summary>
internal sealed class Tally(int firstSeed)
{
    private readonly Lock gate = new();
    private readonly long startedAt = TimeProvider.System.GetTimestamp();
    private readonly FaultCount faults = new();
    private int runs;
    private long steps;
    private long revisions;
    private TimeSpan simulated;

    public TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(startedAt);

    public bool HasFailed { get; private set; }

    public void Failed()
    {
        lock (gate)
            HasFailed = true;
    }

    public void Add(SimulationResult result)
    {
        lock (gate)
        {
            runs++;
            steps += result.Steps;
            revisions += result.Revisions;
            simulated += result.Time;
            faults.Add(result.Faults);
            if (runs % 20 == 0)
                Console.WriteLine(this);
        }
    }

    /// <summary>What went wrong in all of them.</summary>
    public FaultCount Faults => faults;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{runs} runs from seed {firstSeed} on, {steps:N0} steps, {revisions:N0} revisions, {simulated.TotalHours:0.0} simulated hours in {Elapsed.TotalSeconds:0} s: {steps / Elapsed.TotalSeconds:N0} steps/s");
}
