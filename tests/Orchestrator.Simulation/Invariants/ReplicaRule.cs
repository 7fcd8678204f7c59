using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Client.Causes;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// A ReplicaSet never gets a pod more than it was to have as its controller knew it when it made its plan, but for pods that its
/// controller did not know of: made by another leader, or by itself without having been told.
/// </summary>
internal sealed class ReplicaRule
{
    private const string Rule = "never more replicas than allowed";

    private readonly Pump pump;
    private readonly ControllerViews views;
    private readonly Dictionary<string, Owned> replicaSets = [];

    public ReplicaRule(Pump pump, ClusterLog log, ControllerViews views)
    {
        this.pump = pump;
        this.views = views;
        log.Committed += Follow;
    }

    private void Follow(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith(Kinds.ReplicaSets, StringComparison.Ordinal) && change.Current is { } replicaSet)
                Follow(ClusterState.Read<ReplicaSet>(replicaSet), batch.Revision);
            else if (change.Key.StartsWith(Kinds.Pods, StringComparison.Ordinal))
                Follow(change);
        }
    }

    private void Follow(ReplicaSet item, long revision) => Of(item.Metadata.Uid!).Wanted.Set(revision, item.Spec!.Replicas ?? 1);

    private void Follow(WatchChange change)
    {
        if (Pod(change.Current) is { } pod && IsActive(pod) && OwnerOf(pod) is { } owner)
        {
            var owned = Of(owner.Uid);
            if (owned.Active.ContainsKey(change.Key))
                return;
            var made = owned.Active[change.Key] = new Made(pod.Metadata.Name!, change.Current!.CreateRevision, StoredCause.Read(change.Current));
            if (change.Previous is null)
                Check(owner.Name, owned, made);
        }
        else if (OwnerOf(Pod(change.Previous) ?? Pod(change.Current)) is { } former)
        {
            Of(former.Uid).Active.Remove(change.Key);
        }
    }

    private void Check(string name, Owned owned, Made pod)
    {
        var allowed = owned.Wanted.Last;
        var possible = pod.Cause is { } cause ? views.Of(cause.ReconcileId, cause.Object) : [];
        if (possible.Count > 0)
            allowed = possible.Max(view => Allowed(owned, view, pod.Cause!));
        if (owned.Active.Count > allowed)
            pump.Fail(Rule, $"with {pod.Name} of {pod.Cause?.ReconcileId}, ReplicaSet {name} has {owned.Active.Count} pods; its controller may make {allowed}");
    }

    private static int Allowed(Owned owned, ControllerView view, Cause cause)
    {
        var (unknown, own) = (0, 0);
        foreach (var pod in owned.Active.Values)
        {
            if (view.Has(pod.Name, pod.Revision))
                continue;
            // Of the same reconcile, a pod is part of the plan, whether or not its answer has come.
            if (pod.Cause is { } other && (other.ReconcileId, other.Object) == (cause.ReconcileId, cause.Object))
                own++;
            else
                unknown++;
        }

        return owned.Wanted.Most(view.Of(Kinds.ReplicaSets)) + unknown + Math.Min(own, view.LeftOpen);
    }

    private Owned Of(string uid)
    {
        if (!replicaSets.TryGetValue(uid, out var owned))
            replicaSets[uid] = owned = new Owned();
        return owned;
    }

    private static Pod? Pod(KeyValue? item) => item is { } found ? ClusterState.Read<Pod>(found) : null;

    private static (string Uid, string Name)? OwnerOf(Pod? pod) => pod?.ControllerOwner() is { Kind: "ReplicaSet", Uid: { } uid } owner ? (uid, owner.Name!) : null;

    private static bool IsActive(Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Phase is not ("Succeeded" or "Failed");

    private sealed record Made(string Name, long Revision, Cause? Cause);

    private sealed class Owned
    {
        public SizeHistory Wanted { get; } = new();

        public Dictionary<string, Made> Active { get; } = [];
    }
}
