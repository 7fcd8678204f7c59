using Microsoft.Extensions.Logging;

namespace Orchestrator.Simulation;

/// <summary>What one run is made of. Equal options make equal runs.</summary>
public sealed record SimulationOptions
{
    public required int Seed { get; init; }

    /// <summary>False: nothing fails, for the state that a run with faults is compared with.</summary>
    public bool HasFaults { get; init; } = true;

    /// <summary>Simulated time in which users act and things fail.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets what the components log; null for nothing.</summary>
    public Action<string>? Log { get; init; }

    public LogLevel LogLevel { get; init; } = LogLevel.Debug;

    internal Sabotage Sabotage { get; init; } = Sabotage.None;
}

/// <param name="Steps">Pieces of code run, each between two awaits.</param>
/// <param name="Trace">Hash of all steps and all that was written.</param>
/// <param name="Revisions">Writes to the store.</param>
/// <param name="Faults">What went wrong, and what came of it.</param>
public sealed record SimulationResult(long Steps, ulong Trace, long Revisions, TimeSpan Time, FaultCount Faults, string FinalState);
