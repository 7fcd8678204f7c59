using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.Deployments;

/// <summary>A ReplicaSet as it is and as it shall be.</summary>
internal readonly record struct ReplicaSetUpdate(ReplicaSet From, ReplicaSet To);

/// <summary>The next step of a Deployment, decided from a picture of it and its ReplicaSets.</summary>
/// <param name="Create">The new ReplicaSet, when there is none with the present template.</param>
/// <param name="Revision">The revision the Deployment shall carry; null leaves it.</param>
/// <param name="NextCheck">When the progress deadline may have passed.</param>
internal sealed record DeploymentPlan(
    ReplicaSet? Create, IReadOnlyList<ReplicaSetUpdate> Updates, IReadOnlyList<ReplicaSet> Deletions, long? Revision,
    DeploymentStatus Status, TimeSpan? NextCheck)
{
    /// <param name="hasLivePods">Whether a ReplicaSet has pods that have not ended; terminating ones count.</param>
    public static DeploymentPlan Compute(
        Deployment deployment, IReadOnlyCollection<ReplicaSet> replicaSets, Func<ReplicaSet, bool> hasLivePods, DateTimeOffset now)
    {
        deployment = WithPauseCondition(deployment, now);
        var rollout = new Rollout(deployment, replicaSets);
        if (deployment.IsBeingDeleted())
            return new DeploymentPlan(null, [], [], null, DeploymentStatusBuilder.Count(rollout, now), null);

        var isPaused = deployment.Spec!.Paused == true;
        var isScaling = isPaused || Scaling.IsNeeded(rollout);
        RefreshNew(rollout);
        var created = isScaling ? Scale(rollout) : rollout.IsRecreate ? Recreate(rollout, hasLivePods) : Roll(rollout);
        rollout.NoteNew(created is not null, now);

        var status = isScaling ? DeploymentStatusBuilder.Count(rollout, now) : DeploymentStatusBuilder.Progress(rollout, now);
        var cleansUp = isPaused || (!isScaling && created is null && DeploymentStatusBuilder.IsComplete(rollout, status));
        return new DeploymentPlan(
            created, UpdatesOf(replicaSets, rollout, created), cleansUp ? RolloutSteps.BeyondHistory(rollout) : [],
            rollout.New is { } present && Revisions.Of(present) != Revisions.Of(deployment) ? Revisions.Of(present) : null,
            status, DeploymentStatusBuilder.UntilDeadline(rollout, status, now));
    }

    private static ReplicaSet? Scale(Rollout rollout)
    {
        Scaling.Apply(rollout);
        return null;
    }

    private static ReplicaSet? Roll(Rollout rollout)
    {
        var created = CreateIfMissing(rollout);
        if (created || !RolloutSteps.GrowOrShrinkNew(rollout))
            RolloutSteps.ShrinkOld(rollout);
        return created ? rollout.New : null;
    }

    private static ReplicaSet? Recreate(Rollout rollout, Func<ReplicaSet, bool> hasLivePods)
    {
        if (RolloutSteps.RemoveAllOld(rollout) || rollout.Old.Exists(r => hasLivePods(r)))
            return null;
        var created = CreateIfMissing(rollout);
        if (!created)
            RolloutSteps.GrowOrShrinkNew(rollout);
        return created ? rollout.New : null;
    }

    /// <summary>A ReplicaSet that became the new one (again) takes the highest revision and the Deployment's annotations.</summary>
    private static void RefreshNew(Rollout rollout)
    {
        if (rollout.New is not { } present)
            return;
        rollout.New = present with
        {
            Metadata = present.Metadata with { Annotations = Revisions.ForNew(rollout.Deployment, present, NextRevision(rollout)) },
            Spec = present.Spec! with { MinReadySeconds = rollout.Deployment.Spec!.MinReadySeconds },
        };
    }

    private static bool CreateIfMissing(Rollout rollout)
    {
        if (rollout.New is not null)
            return false;
        var deployment = rollout.Deployment;
        var hash = TemplateHash.Compute(deployment.Spec!.Template!, deployment.Status?.CollisionCount ?? 0);
        var replicas = rollout.NewReplicas(0);
        var annotations = Revisions.ForNew(deployment, null, NextRevision(rollout));
        rollout.New = new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}", Namespace = deployment.Metadata.Namespace,
                Labels = TemplateHash.Add(deployment.Spec.Template!.Metadata?.Labels, hash),
                Annotations = Revisions.WithSizes(annotations, rollout.Replicas, rollout.Replicas + rollout.MaxSurge),
                OwnerReferences = [Owners.ControllerReference(deployment)],
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = replicas, MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = deployment.Spec.Selector! with { MatchLabels = TemplateHash.Add(deployment.Spec.Selector.MatchLabels, hash) },
                Template = TemplateHash.With(deployment.Spec.Template!, hash),
            },
        };
        return true;
    }

    private static long NextRevision(Rollout rollout) => rollout.Old.Select(Revisions.Of).DefaultIfEmpty(0).Max() + 1;

    private static IReadOnlyList<ReplicaSetUpdate> UpdatesOf(IReadOnlyCollection<ReplicaSet> before, Rollout rollout, ReplicaSet? created)
    {
        var byName = before.ToDictionary(r => r.Metadata.Name!);
        var updates = new List<ReplicaSetUpdate>();
        foreach (var to in rollout.All)
        {
            if (ReferenceEquals(to, created))
                continue;
            var from = byName[to.Metadata.Name!];
            if (!ReferenceEquals(from, to) && Differ(from, to))
                updates.Add(new ReplicaSetUpdate(from, to));
        }

        return updates;
    }

    private static bool Differ(ReplicaSet from, ReplicaSet to) =>
        Rollout.Size(from) != Rollout.Size(to) || (from.Spec!.MinReadySeconds ?? 0) != (to.Spec!.MinReadySeconds ?? 0)
        || !SameMap(from.Metadata.Annotations, to.Metadata.Annotations);

    private static bool SameMap(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        (left?.Count ?? 0) == (right?.Count ?? 0) && (left is null || left.All(e => right!.TryGetValue(e.Key, out var value) && value == e.Value));

    /// <summary>Pausing stops the clock of the progress deadline, resuming starts it anew.</summary>
    private static Deployment WithPauseCondition(Deployment deployment, DateTimeOffset now)
    {
        if (!DeploymentStatusBuilder.HasDeadline(deployment))
            return deployment;
        var current = DeploymentConditions.Find(deployment.Status?.Conditions, DeploymentConditions.Progressing);
        if (current?.Reason == DeploymentConditions.ProgressDeadlineExceeded)
            return deployment;
        var isPaused = deployment.Spec!.Paused == true;
        var saysPaused = current?.Reason == DeploymentConditions.DeploymentPaused;
        if (isPaused == saysPaused)
            return deployment;
        var (reason, message) = isPaused
            ? (DeploymentConditions.DeploymentPaused, "Deployment is paused")
            : (DeploymentConditions.DeploymentResumed, "Deployment is resumed");
        var conditions = DeploymentConditions.With(
            deployment.Status?.Conditions, DeploymentConditions.Progressing, "Unknown", reason, message, now);
        return deployment with { Status = (deployment.Status ?? new DeploymentStatus()) with { Conditions = conditions } };
    }
}
