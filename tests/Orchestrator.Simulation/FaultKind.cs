namespace Orchestrator.Simulation;

/// <summary>What goes wrong in a run, and what comes of it.</summary>
public enum FaultKind
{
    // What is injected into processes and the network.
    Kill, Freeze, LeaderFreeze, Cut, Isolation, NodeAway, ClockJump, Compaction, AimedCompaction, Outage,

    // What the store does to a call or a watch.
    DelayedCall, FailedRead, LostWrite, UnansweredWrite, LateWrite, BrokenWatch, DroppedWatch, LateEvents, ExpiredStoreWatch,

    // What messages suffer from that.
    SlowMessage, HeldMessage, SilentConnection, RefusedConnection,

    /// <summary>A watch is resumed from a revision before what it delivered, so its client is told again what it knows.</summary>
    RepeatedEvents,

    // What the cluster makes of it.

    /// <summary>Another leads while the process that led before lives on.</summary>
    Takeover,

    /// <summary>The same of a leader that is frozen and will go on in the middle of what it did.</summary>
    TakeoverFromFrozen,

    /// <summary>A write of a former leader that was not sent, because its time is up.</summary>
    FencedWrite,

    NodeUnknown, Eviction,

    /// <summary>An informer lists anew because the server has no longer what comes next (410).</summary>
    ListAgain,

    /// <summary>A write fails on its condition after an earlier one of the same key was not answered.</summary>
    ConflictAfterUnanswered,
}
