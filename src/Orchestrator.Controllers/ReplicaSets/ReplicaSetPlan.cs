using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.ReplicaSets;

/// <summary>What to do about a ReplicaSet, decided from a picture of it and its pods.</summary>
/// <param name="Create">How many pods to make now.</param>
/// <param name="Delete">Which pods to delete, least valuable first.</param>
/// <param name="NextCheck">When a ready pod becomes available without any event telling so.</param>
internal sealed record ReplicaSetPlan(int Create, IReadOnlyList<Pod> Delete, ReplicaSetStatus Status, TimeSpan? NextCheck)
{
    /// <summary>Pods made or deleted in one go; a ReplicaSet of thousands must not starve others.</summary>
    public const int BurstReplicas = 500;

    /// <param name="pods">All pods that belong to the ReplicaSet, also ended and terminating ones.</param>
    /// <param name="related">Pods of all ReplicaSets with the same owner, which share nodes with them.</param>
    public static ReplicaSetPlan Compute(
        ReplicaSet replicaSet, IReadOnlyCollection<Pod> pods, IReadOnlyCollection<Pod> related, DateTimeOffset now)
    {
        var active = pods.Where(p => p.IsActive()).ToList();
        var difference = active.Count - (replicaSet.Spec!.Replicas ?? 1);
        var canManage = !replicaSet.IsBeingDeleted();
        return new ReplicaSetPlan(
            canManage && difference < 0 ? Math.Min(-difference, BurstReplicas) : 0,
            canManage && difference > 0 ? ToDelete(active, related, Math.Min(difference, BurstReplicas), now) : [],
            StatusOf(replicaSet, active, pods.Count(p => p.IsBeingDeleted() && !p.IsTerminated()), now),
            NextAvailable(replicaSet, active, now));
    }

    private static IReadOnlyList<Pod> ToDelete(List<Pod> active, IReadOnlyCollection<Pod> related, int count, DateTimeOffset now)
    {
        // The order matters only when some stay.
        if (count < active.Count)
            active.Sort(new DeletionOrder(PodsPerNode(related), now));
        return active[..count];
    }

    private static Dictionary<string, int> PodsPerNode(IReadOnlyCollection<Pod> related)
    {
        var perNode = new Dictionary<string, int>();
        foreach (var pod in related)
        {
            if (pod.IsActive() && pod.Spec?.NodeName is { Length: > 0 } node)
                perNode[node] = perNode.GetValueOrDefault(node) + 1;
        }

        return perNode;
    }

    private static ReplicaSetStatus StatusOf(ReplicaSet replicaSet, List<Pod> active, int terminating, DateTimeOffset now)
    {
        var minReadySeconds = replicaSet.Spec!.MinReadySeconds ?? 0;
        var template = LabelMatcher.Of(replicaSet.Spec.Template?.Metadata?.Labels ?? new Dictionary<string, string>());
        return new ReplicaSetStatus
        {
            Replicas = active.Count,
            FullyLabeledReplicas = NullIfZero(active.Count(p => template.Matches(p.Metadata.Labels))),
            ReadyReplicas = NullIfZero(active.Count(p => p.IsReady())),
            AvailableReplicas = NullIfZero(active.Count(p => p.IsAvailable(minReadySeconds, now))),
            TerminatingReplicas = terminating,
            ObservedGeneration = replicaSet.Metadata.Generation,
            Conditions = replicaSet.Status?.Conditions,
        };
    }

    private static TimeSpan? NextAvailable(ReplicaSet replicaSet, List<Pod> active, DateTimeOffset now)
    {
        if (replicaSet.Spec!.MinReadySeconds is not > 0)
            return null;
        DateTimeOffset? next = null;
        foreach (var pod in active)
        {
            if (pod.AvailableAt(replicaSet.Spec.MinReadySeconds.Value) is { } at && at > now && !(at >= next))
                next = at;
        }

        return next - now;
    }

    private static int? NullIfZero(int count) => count == 0 ? null : count;
}
