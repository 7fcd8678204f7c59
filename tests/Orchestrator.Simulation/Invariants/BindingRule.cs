using Orchestrator.Api.Core.V1;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>A pod that has a node keeps it: no pod is bound twice, or to two nodes.</summary>
internal sealed class BindingRule
{
    private readonly Pump pump;

    public BindingRule(Pump pump, ClusterLog log)
    {
        this.pump = pump;
        log.Committed += Check;
    }

    private void Check(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (!change.Key.StartsWith("/registry/pods/", StringComparison.Ordinal) || change is not { Current: { } current, Previous: { } previous })
                continue;
            var (before, after) = (ClusterState.Read<Pod>(previous), ClusterState.Read<Pod>(current));
            if (before.Metadata.Uid != after.Metadata.Uid)
                pump.Fail("no pod is bound twice", $"{change.Key} became another pod without having been deleted");
            if (before.Spec?.NodeName is { Length: > 0 } node && after.Spec?.NodeName != node)
                pump.Fail("no pod is bound twice", $"{change.Key} was on {node} and is on {after.Spec?.NodeName} from revision {batch.Revision}");
        }
    }
}
