using Orchestrator.Simulation.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>How rough a run is: drawn from the seed, so that some runs know one kind of fault only and some know all.</summary>
internal sealed record FaultPlan
{
    /// <summary>Mean time between two events of the kind; null: none.</summary>
    public TimeSpan? Kills { get; init; }

    public TimeSpan? Freezes { get; init; }

    /// <summary>For longer than its Lease lasts, mostly.</summary>
    public TimeSpan? LeaderFreezes { get; init; }

    public TimeSpan? Cuts { get; init; }

    /// <summary>One component from all servers.</summary>
    public TimeSpan? Isolations { get; init; }

    /// <summary>A kubelet is not heard of for so long that its node is given up, and mostly its pods too.</summary>
    public TimeSpan? NodesAway { get; init; }

    public TimeSpan? ClockJumps { get; init; }

    public TimeSpan? Compactions { get; init; }

    public TimeSpan? Outages { get; init; }

    public TimeSpan Slowness { get; init; }

    /// <summary>The share of a watch's beginnings and breaks right at which the store is compacted.</summary>
    public double AimedCompactions { get; init; }

    /// <summary>The share of watches that begin one event early.</summary>
    public double RepeatedEvents { get; init; }

    public StoreFaults Store { get; init; } = StoreFaults.None;

    public static FaultPlan None { get; } = new();

    public static FaultPlan Draw(Random random) => new()
    {
        Kills = Some(random, 4, 30),
        Freezes = Some(random, 8, 40),
        LeaderFreezes = Some(random, 15, 60),
        Cuts = Some(random, 5, 30),
        Isolations = Some(random, 10, 60),
        NodesAway = Some(random, 15, 60),
        ClockJumps = Some(random, 15, 60),
        Compactions = Some(random, 2, 20),
        Outages = Some(random, 20, 60),
        Slowness = random.Next(2) == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(500)),
        AimedCompactions = Rate(random, 0.1),
        RepeatedEvents = Rate(random, 0.5),
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
