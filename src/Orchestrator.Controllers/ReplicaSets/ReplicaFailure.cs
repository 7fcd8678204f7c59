using Orchestrator.Api.Apps.V1;

namespace Orchestrator.Controllers.ReplicaSets;

/// <summary>The condition that says why pods could not be made or deleted; absent when they could.</summary>
internal static class ReplicaFailure
{
    private const string Type = "ReplicaFailure";

    public static IReadOnlyList<ReplicaSetCondition>? Update(
        IReadOnlyList<ReplicaSetCondition>? conditions, ReplicaSetPlan plan, Exception? failure, DateTimeOffset now)
    {
        var present = conditions?.FirstOrDefault(c => c.Type == Type);
        if (failure is null)
            return present is null ? conditions : conditions!.Count == 1 ? null : [.. conditions.Where(c => c != present)];
        if (present is not null)
            return conditions;
        var reason = plan.Create > 0 ? "FailedCreate" : "FailedDelete";
        var condition = new ReplicaSetCondition
        {
            Type = Type, Status = "True", Reason = reason, Message = failure.Message, LastTransitionTime = now,
        };
        return [.. conditions ?? [], condition];
    }
}
