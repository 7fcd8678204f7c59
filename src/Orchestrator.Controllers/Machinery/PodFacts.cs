using Orchestrator.Api;
using Orchestrator.Api.Core.V1;

namespace Orchestrator.Controllers.Machinery;

/// <summary>What controllers ask of a pod.</summary>
internal static class PodFacts
{
    public static bool IsTerminated(this Pod pod) => pod.Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Neither ended nor about to: counts as a replica.</summary>
    public static bool IsActive(this Pod pod) => !pod.IsTerminated() && !pod.IsBeingDeleted();

    public static PodCondition? Condition(this Pod pod, string type)
    {
        foreach (var condition in pod.Status?.Conditions ?? [])
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }

    public static bool IsReady(this Pod pod) => pod.Condition("Ready")?.Status == "True";

    public static bool IsAvailable(this Pod pod, int minReadySeconds, DateTimeOffset now) =>
        pod.IsReady() && (minReadySeconds == 0 || pod.AvailableAt(minReadySeconds) <= now);

    /// <summary>When a ready pod counts as available; null for a pod that is not ready.</summary>
    public static DateTimeOffset? AvailableAt(this Pod pod, int minReadySeconds) =>
        pod.Condition("Ready") is { Status: "True", LastTransitionTime: { } since } ? since + TimeSpan.FromSeconds(minReadySeconds) : null;

    public static int Restarts(this Pod pod)
    {
        var restarts = 0;
        foreach (var container in pod.Status?.ContainerStatuses ?? [])
            restarts += container.RestartCount ?? 0;
        return restarts;
    }
}
