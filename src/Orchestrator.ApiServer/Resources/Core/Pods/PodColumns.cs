using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Tables;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>What <c>kubectl get pods</c> prints, worked out from the container states as Kubernetes does.</summary>
internal static class PodColumns
{
    public static IReadOnlyList<Column> All { get; } =
    [
        Column.NameColumn,
        Column.Of<Pod>("Ready", "string", 0, (pod, now) => Summary.Of(pod, now).Ready, "Containers that are ready, of all."),
        Column.Of<Pod>("Status", "string", 0, (pod, now) => Summary.Of(pod, now).Status, "What the pod does, in one word."),
        Column.Of<Pod>("Restarts", "string", 0, (pod, now) => Summary.Of(pod, now).Restarts, "How often containers were restarted, and when last."),
        Column.AgeColumn,
        Column.Of<Pod>("IP", "string", 1, pod => pod.Status?.PodIPs is [{ Ip: { } ip }, ..] ? ip : pod.Status?.PodIP is { Length: > 0 } one ? one : "<none>"),
        Column.Of<Pod>("Node", "string", 1, pod => pod.Spec?.NodeName is { Length: > 0 } node ? node : "<none>"),
        Column.Of<Pod>("Nominated Node", "string", 1, pod => pod.Status?.NominatedNodeName is { Length: > 0 } node ? node : "<none>"),
        Column.Of<Pod>("Readiness Gates", "string", 1, ReadinessGates),
    ];

    private static string ReadinessGates(Pod pod)
    {
        if (pod.Spec?.ReadinessGates is not { Count: > 0 } gates)
            return "<none>";
        var passed = gates.Count(gate => HasCondition(pod, gate.ConditionType));
        return $"{passed}/{gates.Count}";
    }

    private static bool HasCondition(Pod pod, string? type) => pod.Status?.Conditions?.Any(one => one.Type == type && one.Status == "True") == true;

    /// <summary>The three cells that come from one walk over the containers.</summary>
    private sealed class Summary
    {
        private readonly Pod pod;
        private int total;
        private int ready;
        private int restarts;
        private int restartableInitRestarts;
        private DateTimeOffset? lastRestart;
        private DateTimeOffset? lastRestartableInitRestart;
        private string reason;

        private Summary(Pod pod)
        {
            this.pod = pod;
            total = pod.Spec?.Containers?.Count ?? 0;
            reason = pod.Status?.Reason is { Length: > 0 } given ? given : pod.Status?.Phase ?? "";
        }

        public string Ready => $"{ready}/{total}";

        public string Status => reason;

        public string Restarts { get; private set; } = "";

        public static Summary Of(Pod pod, DateTimeOffset now)
        {
            var summary = new Summary(pod);
            summary.Walk();
            summary.Restarts = summary.restarts != 0 && summary.lastRestart is { } time
                ? $"{summary.restarts} ({HumanDuration.Format(now - time)} ago)"
                : $"{summary.restarts}";
            return summary;
        }

        private void Walk()
        {
            if (HasReason("PodScheduled", "SchedulingGated"))
                reason = "SchedulingGated";
            var initializing = WalkInitContainers();
            if (!initializing || pod.Status?.Conditions?.Any(one => one is { Type: "Initialized", Status: "True" }) == true)
                WalkContainers();
            if (pod.Metadata.DeletionTimestamp is not null)
                reason = pod.Status?.Reason == "NodeLost" ? "Unknown" : pod.Status?.Phase is "Failed" or "Succeeded" ? reason : "Terminating";
        }

        private bool HasReason(string type, string wanted) =>
            pod.Status?.Conditions?.Any(one => one.Type == type && one.Reason == wanted) == true;

        private bool WalkInitContainers()
        {
            var sidecars = (pod.Spec?.InitContainers ?? []).Where(one => one.RestartPolicy == "Always").Select(one => one.Name).ToHashSet();
            total += sidecars.Count;
            var initCount = pod.Spec?.InitContainers?.Count ?? 0;
            var statuses = pod.Status?.InitContainerStatuses ?? [];
            for (var i = 0; i < statuses.Count; i++)
            {
                var status = statuses[i];
                var isSidecar = sidecars.Contains(status.Name);
                restarts += status.RestartCount ?? 0;
                lastRestart = Later(lastRestart, status.LastState?.Terminated?.FinishedAt);
                if (isSidecar)
                {
                    restartableInitRestarts += status.RestartCount ?? 0;
                    lastRestartableInitRestart = Later(lastRestartableInitRestart, status.LastState?.Terminated?.FinishedAt);
                }

                if (status.State?.Terminated is { ExitCode: 0 or null })
                    continue;
                if (isSidecar && status.Started == true)
                {
                    if (status.Ready == true)
                        ready++;
                    continue;
                }

                reason = InitReason(status, i, initCount);
                return true;
            }

            return false;
        }

        private static string InitReason(ContainerStatus status, int index, int count)
        {
            if (status.State?.Terminated is { } terminated)
                return terminated.Reason is { Length: > 0 } why ? $"Init:{why}"
                    : terminated.Signal is not (null or 0) ? $"Init:Signal:{terminated.Signal}" : $"Init:ExitCode:{terminated.ExitCode}";
            if (status.State?.Waiting?.Reason is { Length: > 0 } waiting && waiting != "PodInitializing")
                return $"Init:{waiting}";
            return $"Init:{index}/{count}";
        }

        private void WalkContainers()
        {
            restarts = restartableInitRestarts;
            lastRestart = lastRestartableInitRestart;
            var hasRunning = false;
            var statuses = pod.Status?.ContainerStatuses ?? [];
            for (var i = statuses.Count - 1; i >= 0; i--)
            {
                var status = statuses[i];
                restarts += status.RestartCount ?? 0;
                lastRestart = Later(lastRestart, status.LastState?.Terminated?.FinishedAt);
                if (status.State?.Waiting?.Reason is { Length: > 0 } waiting)
                    reason = waiting;
                else if (status.State?.Terminated is { } terminated)
                    reason = terminated.Reason is { Length: > 0 } why ? why
                        : terminated.Signal is not (null or 0) ? $"Signal:{terminated.Signal}" : $"ExitCode:{terminated.ExitCode}";
                else if (status.Ready == true && status.State?.Running is not null)
                {
                    hasRunning = true;
                    ready++;
                }
            }

            // A pod with one container done and another running goes on.
            if (reason == "Completed" && hasRunning)
                reason = pod.Status?.Conditions?.Any(one => one is { Type: "Ready", Status: "True" }) == true ? "Running" : "NotReady";
        }

        private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => other is null || one > other ? one : other;
    }
}
