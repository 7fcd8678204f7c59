using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>
/// Follows a change of the Deployment's size. In the middle of a rollout the change is spread over old and new ReplicaSets in
/// proportion, so that it neither speeds up nor delays the rollout.
/// </summary>
internal static class Scaling
{
    /// <summary>Whether the size was changed since the ReplicaSets were last sized.</summary>
    public static bool IsNeeded(Rollout rollout)
    {
        foreach (var replicaSet in rollout.All)
        {
            if (Rollout.Size(replicaSet) > 0 && Revisions.DesiredOf(replicaSet) is { } desired && desired != rollout.Replicas)
                return true;
        }

        return false;
    }

    public static void Apply(Rollout rollout)
    {
        if (ActiveOrLatest(rollout) is { } only)
            rollout.Resize(only, rollout.Replicas);
        else if (IsSaturated(rollout))
            RolloutSteps.RemoveAllOld(rollout);
        else if (!rollout.IsRecreate)
            Spread(rollout);
    }

    /// <summary>The one ReplicaSet with pods, or the newest if none has any; null when several have.</summary>
    private static ReplicaSet? ActiveOrLatest(Rollout rollout)
    {
        var active = rollout.All.Where(r => Rollout.Size(r) > 0).ToList();
        return active.Count switch
        {
            0 => rollout.New ?? rollout.Old.LastOrDefault(),
            1 => active[0],
            _ => null,
        };
    }

    private static bool IsSaturated(Rollout rollout) =>
        rollout.New is { } present && Rollout.Size(present) == rollout.Replicas && Revisions.DesiredOf(present) == rollout.Replicas
        && Rollout.Available(present) == rollout.Replicas;

    private static void Spread(Rollout rollout)
    {
        var active = rollout.All.Where(r => Rollout.Size(r) > 0).ToList();
        var allowed = rollout.Replicas > 0 ? rollout.Replicas + rollout.MaxSurge : 0;
        var toAdd = allowed - Rollout.Sum(active, Rollout.Size);
        active.Sort((left, right) => BySize(left, right, newestFirst: toAdd > 0));

        var sizes = new int[active.Count];
        var added = 0;
        for (var i = 0; i < active.Count; i++)
        {
            var share = Share(rollout, active[i], toAdd, added);
            sizes[i] = Rollout.Size(active[i]) + share;
            added += share;
        }

        // What rounding left over goes to the largest.
        if (active.Count > 0)
            sizes[0] = Math.Max(0, sizes[0] + toAdd - added);
        for (var i = 0; i < active.Count; i++)
            rollout.Resize(active[i], sizes[i]);
    }

    private static int Share(Rollout rollout, ReplicaSet replicaSet, int toAdd, int added)
    {
        if (toAdd == 0 || toAdd == added)
            return 0;
        var share = Proportion(rollout, replicaSet);
        return toAdd > 0 ? Math.Min(share, toAdd - added) : Math.Max(share, toAdd - added);
    }

    private static int Proportion(Rollout rollout, ReplicaSet replicaSet)
    {
        var size = Rollout.Size(replicaSet);
        if (rollout.Replicas == 0)
            return -size;
        var before = Revisions.MaxOf(replicaSet) ?? rollout.Deployment.Status?.Replicas ?? 0;
        if (before == 0)
            return 0;
        var scaled = (double)size * (rollout.Replicas + rollout.MaxSurge) / before;
        return (int)Math.Round(scaled, MidpointRounding.AwayFromZero) - size;
    }

    private static int BySize(ReplicaSet left, ReplicaSet right, bool newestFirst)
    {
        if (Rollout.Size(right).CompareTo(Rollout.Size(left)) is var bySize && bySize != 0)
            return bySize;
        var byAge = Nullable.Compare(left.Metadata.CreationTimestamp, right.Metadata.CreationTimestamp);
        return newestFirst ? -byAge : byAge;
    }
}
