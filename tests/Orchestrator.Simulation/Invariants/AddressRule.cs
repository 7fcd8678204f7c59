using Orchestrator.Api.Core.V1;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>What is given out once is had by one: no two Services share a cluster IP, and no two nodes a range of pod addresses.</summary>
internal sealed class AddressRule
{
    private readonly Pump pump;
    private readonly Dictionary<string, string> owners = [];
    private readonly Dictionary<string, string> held = [];

    public AddressRule(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        log.Committed += Check;
    }

    private void Check(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith("/registry/services/", StringComparison.Ordinal))
                Move(change.Key, change.Current is { } service && ClusterState.Read<Service>(service).Spec?.ClusterIP is { Length: > 0 } address and not "None" ? address : null);
            else if (change.Key.StartsWith("/registry/nodes/", StringComparison.Ordinal))
                Move(change.Key, change.Current is { } node ? ClusterState.Read<Node>(node).Spec?.PodCIDR : null);
        }
    }

    private void Move(string key, string? value)
    {
        if (held.Remove(key, out var before))
            owners.Remove(before);
        if (string.IsNullOrEmpty(value))
            return;
        held[key] = value;
        if (!owners.TryAdd(value, key))
            pump.Fail("no address is given out twice", $"{key} has {value}, which {owners[value]} has");
    }
}
