using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>What one controller manager has been told: how far its caches are, and which pods it knows that it made.</summary>
internal sealed class Knowledge(SimulatedProcess process)
{
    /// <summary>
    /// Between the arrival of an event and its place in a cache lie a few steps, which count while the process runs. They take
    /// microseconds.
    /// </summary>
    private static readonly TimeSpan Digestion = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, List<(TimeSpan Awake, long Revision)>> positions = [];
    private readonly Dictionary<string, TimeSpan> told = [];

    /// <summary>Grows where informers begin anew: the process leads again, and counts its reconciles from one again.</summary>
    public int Terms { get; private set; }

    /// <summary>An informer's first list: what an earlier one had seen is gone with it.</summary>
    public void Begin(string prefix, long revision)
    {
        positions[prefix] = [(TimeSpan.MinValue, revision)];
        told.Clear();
        Terms++;
    }

    public void Reach(string prefix, long revision)
    {
        if (positions.TryGetValue(prefix, out var known) && revision > known[^1].Revision)
            known.Add((process.Awake, revision));
    }

    /// <summary>The answer to a creation: what it made.</summary>
    public void Made(string name) => told[name] = process.Pump.Now;

    public TimeSpan? ToldOf(string name) => told.TryGetValue(name, out var at) ? at : null;

    /// <summary>The revisions that a cache may be at just now.</summary>
    public (long Least, long Most) View(string prefix)
    {
        if (!positions.TryGetValue(prefix, out var known))
            return (0, long.MaxValue);
        var sure = known.FindLastIndex(one => one.Awake == TimeSpan.MinValue || one.Awake <= process.Awake - Digestion);
        return (known[Math.Max(sure, 0)].Revision, known[^1].Revision);
    }
}
