using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// A ReplicaSet never gets a pod more than it was to have at any time that its controller could still believe in, but for the pods
/// of which nobody told the controller that it had made them.
/// </summary>
internal sealed class ReplicaRule
{
    private const string Rule = "never more replicas than allowed";

    /// <summary>How old a controller's picture of a ReplicaSet may be: longer than any freeze, cut or delay.</summary>
    private static readonly TimeSpan Staleness = TimeSpan.FromSeconds(90);

    private readonly Pump pump;
    private readonly Dictionary<string, Owned> replicaSets = [];
    private readonly Func<string, int> excused;

    /// <param name="excused">By uid of the owner: creations that its controller was not told of.</param>
    public ReplicaRule(Pump pump, ClusterLog log, Func<string, int> excused)
    {
        this.pump = pump;
        this.excused = excused;
        log.Committed += Follow;
    }

    private void Follow(WatchBatch batch)
    {
        foreach (var change in batch.Changes)
        {
            if (change.Key.StartsWith("/registry/apps/replicasets/", StringComparison.Ordinal) && change.Current is { } replicaSet)
                Follow(ClusterState.Read<ReplicaSet>(replicaSet));
            else if (change.Key.StartsWith("/registry/pods/", StringComparison.Ordinal))
                Follow(change);
        }
    }

    private void Follow(ReplicaSet item)
    {
        var owned = Of(item.Metadata.Uid!);
        if (owned.Wanted.Count == 0 || owned.Wanted[^1].Replicas != item.Spec!.Replicas)
            owned.Wanted.Add((pump.Now, item.Spec!.Replicas ?? 1));
    }

    private void Follow(WatchChange change)
    {
        var (before, after) = (change.Previous is { } previous ? ClusterState.Read<Pod>(previous) : null, change.Current is { } current ? ClusterState.Read<Pod>(current) : null);
        if ((after ?? before)!.ControllerOwner() is not { Kind: "ReplicaSet", Uid: { } uid })
            return;
        var owned = Of(uid);
        if (after is not null && IsActive(after))
            owned.Active.Add(change.Key);
        else
            owned.Active.Remove(change.Key);
        if (before is null && after is not null && owned.Active.Count > Allowed(uid, owned))
            pump.Fail(Rule, $"with {change.Key}, ReplicaSet {after.ControllerOwner()!.Name} has {owned.Active.Count} pods; it may have {Allowed(uid, owned)}");
    }

    private int Allowed(string uid, Owned owned)
    {
        var most = 0;
        for (var i = owned.Wanted.Count - 1; i >= 0; i--)
        {
            most = Math.Max(most, owned.Wanted[i].Replicas);
            // What was wanted before this was no longer believed in when it had been replaced for so long.
            if (pump.Now - owned.Wanted[i].Since > Staleness)
                break;
        }

        return most + excused(uid);
    }

    private Owned Of(string uid)
    {
        if (!replicaSets.TryGetValue(uid, out var owned))
            replicaSets[uid] = owned = new Owned();
        return owned;
    }

    private static bool IsActive(Pod pod) => pod.Metadata.DeletionTimestamp is null && pod.Status?.Phase is not ("Succeeded" or "Failed");

    private sealed class Owned
    {
        public List<(TimeSpan Since, int Replicas)> Wanted { get; } = [];

        public HashSet<string> Active { get; } = [];
    }
}
