using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>What a process knew when one of its reconciles made its plan.</summary>
internal sealed class ControllerView(SimulatedProcess process, Knowledge knowledge)
{
    /// <summary>A controller waits for its caches to show what it wrote, but not for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(29);

    private readonly int term = knowledge.Terms;
    private readonly TimeSpan since = process.Pump.Now;
    private readonly Dictionary<string, (long Least, long Most)> positions = new[] { Kinds.Pods, Kinds.ReplicaSets, Kinds.Deployments }
        .ToDictionary(kind => kind, knowledge.View);

    /// <summary>Whether this is a view of the process as it works now, and not as it led before.</summary>
    public bool IsOf(SimulatedProcess other) => other == process && term == knowledge.Terms;

    /// <summary>Creations of this reconcile of which it heard no more than that something went wrong.</summary>
    public int LeftOpen { get; set; }

    public (long Least, long Most) Of(string kind) => positions[kind];

    /// <summary>Whether the plan reckons with a pod that was made at this revision.</summary>
    public bool Has(string name, long created) =>
        created <= positions[Kinds.Pods].Least || (knowledge.ToldOf(name) is { } at && at <= since && since - at < Patience);
}
