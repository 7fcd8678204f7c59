using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>The kubelet's conditions of a pod. Conditions of others are kept; a transition time changes only with the status.</summary>
internal static class PodConditions
{
    public const string ReadyToStartContainers = "PodReadyToStartContainers";
    public const string Initialized = nameof(Initialized);
    public const string ContainersReady = nameof(ContainersReady);
    public const string Ready = nameof(Ready);
    public const string Scheduled = "PodScheduled";

    private static readonly string[] Owned = [ReadyToStartContainers, Initialized, ContainersReady, Ready];

    private readonly record struct Verdict(string Type, bool Status, string? Reason = null, string? Message = null);

    public static IReadOnlyList<PodCondition> Build(
        PodStatusInput input, string phase, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> apps)
    {
        var containersReady = ContainersReadyOf(input, phase, init, apps);
        Verdict[] verdicts =
        [
            new(ReadyToStartContainers, input.IsSandboxReady && !(phase is PodPhase.Succeeded or PodPhase.Failed)),
            InitializedOf(input, phase, init, apps),
            ReadyOf(input, containersReady),
            containersReady,
        ];
        var before = input.Pod.Status?.Conditions ?? [];
        var result = new List<PodCondition>(verdicts.Length + 1);
        foreach (var verdict in verdicts)
            result.Add(ToCondition(verdict, Find(before, verdict.Type), input));
        result.Add(Find(before, Scheduled) ?? ToCondition(new(Scheduled, true), null, input));
        result.AddRange(before.Where(condition => condition.Type != Scheduled && !Owned.Contains(condition.Type)));
        return result;
    }

    private static Verdict InitializedOf(PodStatusInput input, string phase, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> apps)
    {
        if (phase == PodPhase.Succeeded)
            return new(Initialized, true, "PodCompleted");
        // Once an app container has run, initialization is behind the pod, whatever became of a sidecar since.
        if (apps.Any(status => status.State?.Running is not null || status.State?.Terminated is not null || status.LastState?.Terminated is not null))
            return new(Initialized, true);
        var incomplete = new List<string>();
        var i = 0;
        foreach (var container in input.Pod.InitContainersOf())
        {
            var status = init[i++];
            if (container.Kind == ContainerKind.Sidecar ? status.Started != true : status.Ready != true)
                incomplete.Add(container.Name);
        }

        return incomplete.Count == 0
            ? new(Initialized, true)
            : new(Initialized, false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
    }

    private static Verdict ContainersReadyOf(PodStatusInput input, string phase, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> apps)
    {
        if (phase == PodPhase.Succeeded)
            return new(ContainersReady, false, "PodCompleted");
        if (phase == PodPhase.Failed)
            return new(ContainersReady, false, "PodFailed");
        var unready = new List<string>();
        var i = 0;
        foreach (var container in input.Pod.InitContainersOf())
        {
            if (init[i++].Ready != true && container.Kind == ContainerKind.Sidecar)
                unready.Add(container.Name);
        }

        unready.AddRange(apps.Where(status => status.Ready != true).Select(status => status.Name!));
        return unready.Count == 0
            ? new(ContainersReady, true)
            : new(ContainersReady, false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static Verdict ReadyOf(PodStatusInput input, Verdict containersReady)
    {
        if (!containersReady.Status)
            return containersReady with { Type = Ready };
        var messages = new List<string>();
        foreach (var gate in input.Pod.Spec?.ReadinessGates ?? [])
        {
            var condition = Find(input.Pod.Status?.Conditions ?? [], gate.ConditionType!);
            if (condition is null)
                messages.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            else if (condition.Status != "True")
                messages.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
        }

        return messages.Count == 0 ? new(Ready, true) : new(Ready, false, "ReadinessGatesNotReady", string.Join(", ", messages));
    }

    private static PodCondition ToCondition(Verdict verdict, PodCondition? before, PodStatusInput input)
    {
        var status = verdict.Status ? "True" : "False";
        return new()
        {
            Type = verdict.Type,
            Status = status,
            Reason = verdict.Reason,
            Message = verdict.Message,
            LastTransitionTime = before?.Status == status ? before.LastTransitionTime : input.Now,
            ObservedGeneration = input.Pod.Metadata.Generation,
        };
    }

    private static PodCondition? Find(IReadOnlyList<PodCondition> conditions, string type)
    {
        foreach (var condition in conditions)
        {
            if (condition.Type == type)
                return condition;
        }

        return null;
    }
}
