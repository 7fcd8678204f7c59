using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Scheduler;

/// <summary>Settings of one scheduler.</summary>
public sealed record SchedulerOptions
{
    /// <summary>Pods with this schedulerName are ours.</summary>
    public string SchedulerName { get; init; } = "default-scheduler";

    /// <summary>How many pods' last attempts are kept for explanation.</summary>
    public int TraceCapacity { get; init; } = TraceStore.DefaultCapacity;

    /// <summary>Bindings under way at once; placing goes on meanwhile.</summary>
    public int MaxBindingsInFlight { get; init; } = 64;
}
