using Orchestrator.Simulation.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>How rough a run is: drawn from the seed, so that some runs know one kind of fault only and some know all.</summary>
internal sealed record FaultPlan
{
    /// <summary>Mean time between two events of the kind; null: none.</summary>
    public TimeSpan? Kills { get; init; }

    public TimeSpan? Freezes { get; init; }

    public TimeSpan? Cuts { get; init; }

    public TimeSpan? ClockJumps { get; init; }

    public TimeSpan? Compactions { get; init; }

    public TimeSpan? Outages { get; init; }

    public TimeSpan Slowness { get; init; }

    public StoreFaults Store { get; init; } = StoreFaults.None;

    public static FaultPlan None { get; } = new();

    public static FaultPlan Draw(Random random) => new()
    {
        Kills = Some(random, 4, 30),
        Freezes = Some(random, 8, 40),
        Cuts = Some(random, 5, 30),
        ClockJumps = Some(random, 15, 60),
        Compactions = Some(random, 2, 20),
        Outages = Some(random, 20, 60),
        Slowness = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(500)),
        Store = new StoreFaults
        {
            Delayed = random.NextDouble(), MaxDelay = TimeSpan.FromMilliseconds(random.Next(1, 800)),
            FailedReads = Rate(random, 0.01), LostWrites = Rate(random, 0.03), UnansweredWrites = Rate(random, 0.03), LateWrites = Rate(random, 0.03),
            BrokenWatches = Rate(random, 0.01), DroppedWatches = Rate(random, 0.01), LateEvents = Rate(random, 0.1), MaxEventDelay = TimeSpan.FromSeconds(random.Next(1, 8)),
        },
    };

    private static TimeSpan? Some(Random random, int least, int most) => random.Next(2) == 0 ? null : TimeSpan.FromSeconds(random.Next(least, most));

    private static double Rate(Random random, double most) => random.Next(2) == 0 ? 0 : most * random.NextDouble();
}
