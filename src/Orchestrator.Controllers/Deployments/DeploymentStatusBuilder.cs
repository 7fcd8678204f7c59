using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>What the ReplicaSets' statuses say about the Deployment as a whole.</summary>
internal static class DeploymentStatusBuilder
{
    /// <summary>"No deadline" in the API is the largest 32-bit number.</summary>
    private const int NoDeadline = int.MaxValue;

    /// <summary>Counts, and whether enough pods are available.</summary>
    public static DeploymentStatus Count(Rollout rollout, DateTimeOffset now)
    {
        var deployment = rollout.Deployment;
        var replicas = Rollout.Sum(rollout.All, r => r.Status?.Replicas ?? 0);
        var available = Rollout.Sum(rollout.All, Rollout.Available);
        var isAvailable = available >= rollout.Replicas - (rollout.IsRecreate ? 0 : rollout.MaxUnavailable);
        return new DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = NullIfZero(replicas),
            UpdatedReplicas = NullIfZero(rollout.New?.Status?.Replicas ?? 0),
            ReadyReplicas = NullIfZero(Rollout.Sum(rollout.All, r => r.Status?.ReadyReplicas ?? 0)),
            AvailableReplicas = NullIfZero(available),
            UnavailableReplicas = NullIfZero(Math.Max(0, Rollout.Sum(rollout.All, Rollout.Size) - available)),
            TerminatingReplicas = Rollout.Sum(rollout.All, r => r.Status?.TerminatingReplicas ?? 0),
            CollisionCount = deployment.Status?.CollisionCount,
            Conditions = isAvailable
                ? DeploymentConditions.With(
                    deployment.Status?.Conditions, DeploymentConditions.Available, "True", "MinimumReplicasAvailable",
                    "Deployment has minimum availability.", now)
                : DeploymentConditions.With(
                    deployment.Status?.Conditions, DeploymentConditions.Available, "False", "MinimumReplicasUnavailable",
                    "Deployment does not have minimum availability.", now),
        };
    }

    /// <summary>Counts, and how the rollout goes.</summary>
    public static DeploymentStatus Progress(Rollout rollout, DateTimeOffset now)
    {
        var status = Count(rollout, now);
        var conditions = HasDeadline(rollout.Deployment)
            ? Progressing(rollout, status, now)
            : DeploymentConditions.Without(status.Conditions, DeploymentConditions.Progressing);
        return status with { Conditions = ReplicaFailure(rollout, conditions, now) };
    }

    public static bool IsComplete(Rollout rollout, DeploymentStatus status) =>
        (status.UpdatedReplicas ?? 0) == rollout.Replicas && (status.Replicas ?? 0) == rollout.Replicas
        && (status.AvailableReplicas ?? 0) == rollout.Replicas && status.ObservedGeneration >= rollout.Deployment.Metadata.Generation;

    public static bool HasDeadline(Deployment deployment) => deployment.Spec!.ProgressDeadlineSeconds is { } seconds and not NoDeadline && seconds > 0;

    /// <summary>When to see whether the deadline has passed; null when it cannot matter.</summary>
    public static TimeSpan? UntilDeadline(Rollout rollout, DeploymentStatus status, DateTimeOffset now)
    {
        if (!HasDeadline(rollout.Deployment) || IsComplete(rollout, status))
            return null;
        var current = DeploymentConditions.Find(status.Conditions, DeploymentConditions.Progressing);
        if (current is null or { Reason: DeploymentConditions.ProgressDeadlineExceeded or DeploymentConditions.NewReplicaSetAvailable })
            return null;
        var left = Deadline(rollout.Deployment, current) - now;
        // One second late, for the API's times have no fractions.
        return left < TimeSpan.Zero ? TimeSpan.FromSeconds(1) : left + TimeSpan.FromSeconds(1);
    }

    private static IReadOnlyList<DeploymentCondition> Progressing(Rollout rollout, DeploymentStatus status, DateTimeOffset now)
    {
        var conditions = status.Conditions;
        var current = DeploymentConditions.Find(conditions, DeploymentConditions.Progressing);
        if (current?.Reason == DeploymentConditions.NewReplicaSetAvailable && status.Replicas == status.UpdatedReplicas)
            return conditions!;
        var what = rollout.New is { } present ? $"ReplicaSet \"{present.Metadata.Name}\"" : $"Deployment \"{rollout.Deployment.Metadata.Name}\"";
        if (IsComplete(rollout, status))
        {
            return DeploymentConditions.With(
                conditions, DeploymentConditions.Progressing, "True", DeploymentConditions.NewReplicaSetAvailable, $"{what} has successfully progressed.", now);
        }

        if (HasProgressed(rollout.Deployment.Status, status))
        {
            // Progress renews the time from which the deadline counts, so the condition changes even if it says the same.
            return DeploymentConditions.With(
                conditions, DeploymentConditions.Progressing, "True", "ReplicaSetUpdated", $"{what} is progressing.", now, evenIfSame: true);
        }

        return IsTimedOut(rollout.Deployment, current, now)
            ? DeploymentConditions.With(
                conditions, DeploymentConditions.Progressing, "False", DeploymentConditions.ProgressDeadlineExceeded, $"{what} has timed out progressing.", now)
            : conditions!;
    }

    private static bool HasProgressed(DeploymentStatus? before, DeploymentStatus after) =>
        (after.UpdatedReplicas ?? 0) > (before?.UpdatedReplicas ?? 0)
        || OldReplicas(after) < OldReplicas(before)
        || (after.ReadyReplicas ?? 0) > (before?.ReadyReplicas ?? 0)
        || (after.AvailableReplicas ?? 0) > (before?.AvailableReplicas ?? 0);

    private static int OldReplicas(DeploymentStatus? status) => (status?.Replicas ?? 0) - (status?.UpdatedReplicas ?? 0);

    private static bool IsTimedOut(Deployment deployment, DeploymentCondition? progressing, DateTimeOffset now) => progressing switch
    {
        null or { Reason: DeploymentConditions.NewReplicaSetAvailable } => false,
        { Reason: DeploymentConditions.ProgressDeadlineExceeded } => true,
        _ => Deadline(deployment, progressing) < now,
    };

    private static DateTimeOffset Deadline(Deployment deployment, DeploymentCondition progressing) =>
        (progressing.LastUpdateTime ?? DateTimeOffset.MinValue) + TimeSpan.FromSeconds(deployment.Spec!.ProgressDeadlineSeconds!.Value);

    /// <summary>A failure of the new ReplicaSet first, else of any old one.</summary>
    private static IReadOnlyList<DeploymentCondition> ReplicaFailure(
        Rollout rollout, IReadOnlyList<DeploymentCondition> conditions, DateTimeOffset now)
    {
        foreach (var replicaSet in rollout.New is { } present ? rollout.Old.Prepend(present) : rollout.Old)
        {
            foreach (var failure in replicaSet.Status?.Conditions ?? [])
            {
                if (failure.Type == DeploymentConditions.ReplicaFailure)
                    return DeploymentConditions.With(conditions, failure.Type, failure.Status!, failure.Reason!, failure.Message!, now);
            }
        }

        return DeploymentConditions.Find(conditions, DeploymentConditions.ReplicaFailure) is null
            ? conditions
            : DeploymentConditions.Without(conditions, DeploymentConditions.ReplicaFailure);
    }

    private static int? NullIfZero(int count) => count == 0 ? null : count;
}
