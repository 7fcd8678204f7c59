using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>One step of a rollout; each returns whether it changed a size, in which case the next step waits for what comes of it.</summary>
internal static class RolloutSteps
{
    public static bool GrowOrShrinkNew(Rollout rollout)
    {
        var size = Rollout.Size(rollout.New!);
        var wanted = size > rollout.Replicas ? rollout.Replicas : rollout.NewReplicas(size);
        if (wanted == size)
            return false;
        rollout.Resize(rollout.New!, wanted);
        return true;
    }

    /// <summary>Takes away old pods that are not available anyway, then as many available ones as the strategy allows.</summary>
    public static bool ShrinkOld(Rollout rollout)
    {
        var newUnavailable = Rollout.Size(rollout.New!) - Rollout.Available(rollout.New!);
        var limit = Rollout.Sum(rollout.All, Rollout.Size) - rollout.MinAvailable - newUnavailable;
        if (limit <= 0 || Rollout.Sum(rollout.Old, Rollout.Size) == 0)
            return false;
        var removed = RemoveUnavailable(rollout, limit);
        return RemoveAvailable(rollout) || removed;
    }

    public static bool RemoveAllOld(Rollout rollout)
    {
        var changed = false;
        foreach (var old in rollout.Old.ToArray())
        {
            if (Rollout.Size(old) == 0)
                continue;
            rollout.Resize(old, 0);
            changed = true;
        }

        return changed;
    }

    /// <summary>Old ReplicaSets beyond the history limit, oldest revision first; only those that are truly empty.</summary>
    public static IReadOnlyList<ReplicaSet> BeyondHistory(Rollout rollout)
    {
        if (rollout.Deployment.Spec!.RevisionHistoryLimit is not { } limit)
            return [];
        var alive = rollout.Old.Where(r => !r.IsBeingDeleted()).OrderBy(Revisions.Of).ToList();
        return [.. alive.Take(Math.Max(0, alive.Count - limit)).Where(IsEmpty)];
    }

    private static bool RemoveUnavailable(Rollout rollout, int limit)
    {
        var total = 0;
        foreach (var old in rollout.Old.ToArray())
        {
            var surplus = Math.Min(limit - total, Rollout.Size(old) - Rollout.Available(old));
            if (surplus <= 0)
                continue;
            rollout.Resize(old, Rollout.Size(old) - surplus);
            total += surplus;
        }

        return total > 0;
    }

    private static bool RemoveAvailable(Rollout rollout)
    {
        // A status may be older than the size: what has been told to go does not count any more, although it is still there.
        var surplus = Rollout.Sum(rollout.All, static set => Math.Min(Rollout.Available(set), Rollout.Size(set))) - rollout.MinAvailable;
        var changed = false;
        foreach (var old in rollout.Old.ToArray())
        {
            var count = Math.Min(surplus, Rollout.Size(old));
            if (count <= 0)
                continue;
            rollout.Resize(old, Rollout.Size(old) - count);
            surplus -= count;
            changed = true;
        }

        return changed;
    }

    private static bool IsEmpty(ReplicaSet replicaSet) =>
        Rollout.Size(replicaSet) == 0 && (replicaSet.Status?.Replicas ?? 0) == 0
        && (replicaSet.Metadata.Generation ?? 0) <= (replicaSet.Status?.ObservedGeneration ?? 0);
}
