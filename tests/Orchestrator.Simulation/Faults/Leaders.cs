using Orchestrator.Api.Coordination.V1;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Faults;

/// <summary>Who leads, by the Leases in the store: for faults that are aimed at a leader, and to see what becomes of one.</summary>
internal sealed class Leaders
{
    private const string Prefix = "/registry/coordination.k8s.io/leases/kube-system/";

    private readonly Pump pump;
    private readonly IReadOnlyList<IComponent> components;
    private readonly SortedDictionary<string, (string Identity, SimulatedProcess Process)> holders = new(StringComparer.Ordinal);

    public Leaders(Pump pump, ClusterLog log, IReadOnlyList<IComponent> components)
    {
        this.pump = pump;
        this.components = components;
        log.Committed += Follow;
    }

    public IEnumerable<SimulatedProcess> Current => holders.Values.Select(holder => holder.Process);

    private void Follow(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith(Prefix, StringComparison.Ordinal) && change.Current is { } item)
                Follow(change.Key, ClusterState.Read<Lease>(item).Spec?.HolderIdentity);
        }
    }

    private void Follow(string lease, string? identity)
    {
        if (string.IsNullOrEmpty(identity) || (holders.TryGetValue(lease, out var before) && before.Identity == identity))
            return;
        // An identity is the component's name and a number that is drawn at each start.
        if (components.FirstOrDefault(one => identity.StartsWith(one.Name + "_", StringComparison.Ordinal))?.Process is not { } process)
            return;
        if (before.Process is { IsAlive: true } deposed)
            pump.Faults.Add(deposed.IsFrozen ? FaultKind.TakeoverFromFrozen : FaultKind.Takeover);
        holders[lease] = (identity, process);
    }
}
