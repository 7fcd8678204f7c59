using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// No ReplicaSet of a Deployment is made larger than the Deployment's size and its maxSurge leave room for beside the others, as its
/// controller knew them when it made its plan.
/// </summary>
internal sealed class SurgeRule
{
    private const string Rule = "a rollout stays within its maxSurge";

    private readonly Pump pump;
    private readonly ControllerViews views;
    private readonly Dictionary<string, SizeHistory> limits = [];
    private readonly Dictionary<string, Dictionary<string, SizeHistory>> replicaSets = [];

    public SurgeRule(Pump pump, ClusterLog log, ControllerViews views)
    {
        this.pump = pump;
        this.views = views;
        log.Committed += Follow;
    }

    private void Follow(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith(Kinds.Deployments, StringComparison.Ordinal) && change.Current is { } item)
                Follow(ClusterState.Read<Deployment>(item), batch.Revision);
            else if (change.Key.StartsWith(Kinds.ReplicaSets, StringComparison.Ordinal))
                Follow(change, batch.Revision);
        }
    }

    private void Follow(Deployment item, long revision)
    {
        var size = item.Spec!.Replicas ?? 1;
        var surge = item.Spec.Strategy?.Type == "Recreate" ? 0 : (item.Spec.Strategy?.RollingUpdate?.MaxSurge ?? new IntOrString("25%")).Scale(size, roundUp: true);
        if (!limits.TryGetValue(item.Metadata.Uid!, out var limit))
            limits[item.Metadata.Uid!] = limit = new SizeHistory();
        limit.Set(revision, size + surge);
    }

    private void Follow(WatchChange change, long revision)
    {
        var item = ClusterState.Read<ReplicaSet>((change.Current ?? change.Previous)!);
        if (item.ControllerOwner() is not { Kind: "Deployment", Uid: { } owner })
            return;
        if (!replicaSets.TryGetValue(owner, out var all))
            replicaSets[owner] = all = [];
        if (change.Current is null)
        {
            all.Remove(item.Metadata.Uid!);
            return;
        }

        if (!all.TryGetValue(item.Metadata.Uid!, out var sizes))
            all[item.Metadata.Uid!] = sizes = new SizeHistory();
        var (before, now) = (sizes.Last, item.Spec!.Replicas ?? 1);
        sizes.Set(revision, now);
        if (now > before)
            Check(change, owner, sizes);
    }

    private void Check(WatchChange change, string owner, SizeHistory grown)
    {
        var cause = StoredCause.Read(change.Current!);
        var possible = cause is null ? [] : views.Of(cause.ReconcileId, cause.Object);
        var excess = possible.Count == 0 ? Excess(owner, grown, null) : possible.Min(view => Excess(owner, grown, view));
        if (excess > 0)
            pump.Fail(Rule, $"{change.Key} was made {grown.Last} by {cause?.ReconcileId}, and the Deployment's ReplicaSets are {excess} larger than they may be together");
    }

    /// <param name="view">What the controller knew; null: everything.</param>
    private int Excess(string owner, SizeHistory grown, ControllerView? view)
    {
        if (!limits.TryGetValue(owner, out var limit))
            return 0;
        var others = replicaSets[owner].Values.Where(one => one != grown).ToList();
        return view is null
            ? grown.Last + others.Sum(one => one.Last) - limit.Last
            // What has become smaller since is smaller by this plan, too.
            : grown.Last + others.Sum(one => Math.Min(one.Last, one.Fewest(view.Of(Kinds.ReplicaSets)))) - limit.Most(view.Of(Kinds.Deployments));
    }
}
