using Orchestrator.Api.Core.V1;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Plugins.NodeAffinity;

namespace Orchestrator.Scheduler.Plugins.VolumeBinding;

/// <summary>A pod's claims must be bound, to volumes that the node can reach.</summary>
internal sealed class VolumeBindingPlugin : IPreFilterPlugin, IFilterPlugin
{
    public string Name => "VolumeBinding";

    public Verdict PreFilter(SchedulingCycle cycle)
    {
        var volumes = new List<PersistentVolume>();
        foreach (var volume in cycle.Pod.Spec.Volumes ?? [])
        {
            if (volume.PersistentVolumeClaim?.ClaimName is not { } name)
                continue;
            if (cycle.Snapshot.Objects.FindClaim(cycle.Pod.Namespace, name) is not { } claim)
                return Verdict.RejectForGood($"persistentvolumeclaim \"{name}\" not found");
            if (claim.Metadata.DeletionTimestamp is not null)
                return Verdict.RejectForGood($"persistentvolumeclaim \"{name}\" is being deleted");
            if (claim.Status?.Phase != "Bound" || claim.Spec?.VolumeName is not { Length: > 0 } volumeName)
                return Verdict.RejectForGood("pod has unbound immediate PersistentVolumeClaims");
            if (cycle.Snapshot.Objects.FindVolume(volumeName) is not { } bound)
                return Verdict.RejectForGood($"persistentvolume \"{volumeName}\" not found");
            volumes.Add(bound);
        }

        cycle.Set(this, volumes);
        return Verdict.Pass;
    }

    public Verdict Filter(SchedulingCycle cycle, NodeInfo node) =>
        cycle.State<List<PersistentVolume>>(this).TrueForAll(volume =>
            volume.Spec?.NodeAffinity?.Required is not { } required || NodeSelectorMatcher.Matches(required, node))
            ? Verdict.Pass
            : Verdict.RejectForGood("node(s) didn't match PersistentVolume's node affinity");
}
