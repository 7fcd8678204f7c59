using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.Deployments;

/// <summary>Reasons and messages of a Deployment's conditions, as tools match them, and how one condition replaces another.</summary>
internal static class DeploymentConditions
{
    public const string Available = "Available";
    public const string Progressing = "Progressing";
    public const string ReplicaFailure = "ReplicaFailure";

    public const string NewReplicaSetAvailable = nameof(NewReplicaSetAvailable);
    public const string ProgressDeadlineExceeded = nameof(ProgressDeadlineExceeded);
    public const string DeploymentPaused = nameof(DeploymentPaused);
    public const string DeploymentResumed = nameof(DeploymentResumed);

    public static DeploymentCondition? Find(IReadOnlyList<DeploymentCondition>? conditions, string type)
    {
        foreach (var condition in conditions ?? [])
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }

    /// <summary>
    /// Puts a condition in place of the one of its type. One with the same status and reason stays as it is; with the same status it
    /// keeps the time of its last transition.
    /// </summary>
    public static IReadOnlyList<DeploymentCondition> With(
        IReadOnlyList<DeploymentCondition>? conditions, string type, string status, string reason, string message, DateTimeOffset now,
        bool evenIfSame = false)
    {
        var current = Find(conditions, type);
        if (!evenIfSame && current?.Status == status && current.Reason == reason)
            return conditions!;
        var condition = new DeploymentCondition
        {
            Type = type, Status = status, Reason = reason, Message = message, LastUpdateTime = now,
            LastTransitionTime = current?.Status == status ? current.LastTransitionTime : now,
        };
        return [.. Without(conditions, type), condition];
    }

    public static IReadOnlyList<DeploymentCondition> Without(IReadOnlyList<DeploymentCondition>? conditions, string type) =>
        [.. (conditions ?? []).Where(c => c.Type != type)];
}
