namespace Orchestrator.Simulation.Storage;

/// <summary>How often a store fails its callers, and how. All zero: a store that answers at once.</summary>
internal sealed record StoreFaults
{
    public static StoreFaults None { get; } = new();

    /// <summary>Calls that take time at all; the others complete at once, on the caller's stack.</summary>
    public double Delayed { get; init; }

    public TimeSpan MaxDelay { get; init; }

    /// <summary>Reads that fail with Unavailable.</summary>
    public double FailedReads { get; init; }

    /// <summary>Writes that fail with Unavailable and did not happen.</summary>
    public double LostWrites { get; init; }

    /// <summary>Writes that fail with Unavailable and happened.</summary>
    public double UnansweredWrites { get; init; }

    /// <summary>Writes that fail with Unavailable and happen only afterwards.</summary>
    public double LateWrites { get; init; }

    /// <summary>Watch batches before which the watch breaks.</summary>
    public double BrokenWatches { get; init; }

    /// <summary>Watch batches before which the store drops the watcher as too slow.</summary>
    public double DroppedWatches { get; init; }

    /// <summary>Watch batches that come late, and everything behind them.</summary>
    public double LateEvents { get; init; }

    public TimeSpan MaxEventDelay { get; init; }
}
