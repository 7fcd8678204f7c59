using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>
/// A Deployment with its ReplicaSets, and the arithmetic of its strategy. The steps of a plan replace ReplicaSets in it by what they
/// shall become; nothing is written here.
/// </summary>
internal sealed class Rollout
{
    public Rollout(Deployment deployment, IEnumerable<ReplicaSet> replicaSets)
    {
        Deployment = deployment;
        var byAge = replicaSets.OrderBy(r => r.Metadata.CreationTimestamp).ThenBy(r => r.Metadata.Name, StringComparer.Ordinal).ToList();
        New = byAge.Find(r => TemplateHash.SameTemplate(r.Spec?.Template, deployment.Spec!.Template));
        Old = [.. byAge.Where(r => r != New)];
        (MaxSurge, MaxUnavailable) = Limits(deployment);
    }

    public Deployment Deployment { get; private set; }

    /// <summary>The ReplicaSet with the Deployment's present template; the oldest of several.</summary>
    public ReplicaSet? New { get; set; }

    /// <summary>All others, oldest first.</summary>
    public List<ReplicaSet> Old { get; }

    public IEnumerable<ReplicaSet> All => New is null ? Old : Old.Append(New);

    public int Replicas => Deployment.Spec!.Replicas ?? 1;

    public bool IsRecreate => Deployment.Spec!.Strategy?.Type == "Recreate";

    /// <summary>Pods above <see cref="Replicas"/> that a rollout may run.</summary>
    public int MaxSurge { get; }

    /// <summary>Pods below <see cref="Replicas"/> that a rollout may lack.</summary>
    public int MaxUnavailable { get; }

    public int MinAvailable => Replicas - MaxUnavailable;

    /// <summary>How large the new ReplicaSet may be now.</summary>
    public int NewReplicas(int present)
    {
        if (IsRecreate)
            return Replicas;
        var room = Replicas + MaxSurge - Sum(All, Size);
        return room <= 0 ? present : present + Math.Min(room, Replicas - present);
    }

    /// <summary>Notes that the new ReplicaSet was made, or found: from here the progress deadline counts.</summary>
    public void NoteNew(bool isCreated, DateTimeOffset now)
    {
        var conditions = Deployment.Status?.Conditions;
        if (New is null || !DeploymentStatusBuilder.HasDeadline(Deployment)
            || (!isCreated && DeploymentConditions.Find(conditions, DeploymentConditions.Progressing) is not null))
            return;
        var (reason, verb) = isCreated ? ("NewReplicaSetCreated", "Created") : ("FoundNewReplicaSet", "Found");
        conditions = DeploymentConditions.With(
            conditions, DeploymentConditions.Progressing, "True", reason, $"{verb} new replica set \"{New.Metadata.Name}\"", now);
        Deployment = Deployment with { Status = (Deployment.Status ?? new DeploymentStatus()) with { Conditions = conditions } };
    }

    public void Resize(ReplicaSet replicaSet, int replicas)
    {
        var resized = replicaSet with
        {
            Spec = replicaSet.Spec! with { Replicas = replicas },
            Metadata = replicaSet.Metadata with
            {
                Annotations = Revisions.WithSizes(replicaSet.Metadata.Annotations, Replicas, Replicas + MaxSurge),
            },
        };
        if (ReferenceEquals(replicaSet, New))
            New = resized;
        else
            Old[Old.FindIndex(r => ReferenceEquals(r, replicaSet))] = resized;
    }

    public static int Size(ReplicaSet replicaSet) => replicaSet.Spec!.Replicas ?? 1;

    public static int Available(ReplicaSet replicaSet) => replicaSet.Status?.AvailableReplicas ?? 0;

    public static int Sum(IEnumerable<ReplicaSet> replicaSets, Func<ReplicaSet, int> of) => replicaSets.Sum(of);

    /// <summary>Surge rounds up and unavailability down; when both come to nothing, one pod may be missing so that there is progress.</summary>
    private static (int Surge, int Unavailable) Limits(Deployment deployment)
    {
        var replicas = deployment.Spec!.Replicas ?? 1;
        if (deployment.Spec.Strategy?.Type == "Recreate")
            return (0, 0);
        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var surge = (rolling?.MaxSurge ?? new IntOrString("25%")).Scale(replicas, roundUp: true);
        var unavailable = (rolling?.MaxUnavailable ?? new IntOrString("25%")).Scale(replicas, roundUp: false);
        if (surge == 0 && unavailable == 0)
            unavailable = 1;
        return (surge, Math.Min(unavailable, replicas));
    }
}
