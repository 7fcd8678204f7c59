using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>Counts what the cluster does when nodes fall silent, by what the store then holds.</summary>
internal sealed class Consequences
{
    private readonly Pump pump;

    public Consequences(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        log.Committed += Count;
    }

    private void Count(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith("/registry/nodes/", StringComparison.Ordinal) && IsNew(change, "NodeStatusUnknown"u8))
                pump.Faults.Add(FaultKind.NodeUnknown);
            else if (change.Key.StartsWith("/registry/pods/", StringComparison.Ordinal) && IsNew(change, "DeletionByTaintManager"u8))
                pump.Faults.Add(FaultKind.Eviction);
        }
    }

    private static bool IsNew(WatchChange change, ReadOnlySpan<byte> text) => Has(change.Current, text) && !Has(change.Previous, text);

    private static bool Has(KeyValue? item, ReadOnlySpan<byte> text) => item is { } found && found.Value.Span.IndexOf(text) >= 0;
}
