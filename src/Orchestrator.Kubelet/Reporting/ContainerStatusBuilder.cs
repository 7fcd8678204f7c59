using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Probes;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>One container's status: state, last state, restart count, readiness.</summary>
internal sealed class ContainerStatusBuilder(PodStatusInput input)
{
    /// <summary>What a container ID starts with in the API: the runtime's name as a scheme.</summary>
    public const string IdScheme = "orc://";

    private readonly bool hasInitContainers = input.Pod.Spec?.InitContainers is { Count: > 0 };
    private readonly bool isInitialized = IsInitialized(input);

    public IReadOnlyList<ContainerStatus> BuildAll(IEnumerable<PodContainer> containers) => [.. containers.Select(Build)];

    private ContainerStatus Build(PodContainer container)
    {
        var before = PodActions.PreviousStatus(input.Pod, container);
        var newest = input.State.Newest(container.Name);
        if (newest is null || (newest.State == Cri.ContainerState.Created && before is { ContainerID: null or "" }))
            return BuildAbsent(container, before);
        var state = StateOf(container, newest, out var replacesTerminated);
        var isStarted = IsStarted(container, newest);
        return new ContainerStatus
        {
            Name = container.Name,
            State = state,
            LastState = LastStateOf(newest, before, replacesTerminated),
            Ready = IsReady(container, newest, isStarted),
            Started = isStarted,
            RestartCount = newest.Metadata.Attempt,
            Image = newest.Image.Length > 0 ? newest.Image : container.Spec.Image ?? "",
            ImageID = newest.ImageRef.Length > 0 ? newest.ImageRef : newest.ImageId,
            ContainerID = IdScheme + newest.Id,
            Resources = container.Spec.Resources,
            AllocatedResources = container.Spec.Resources?.Requests,
            User = UserOf(newest),
            VolumeMounts = VolumeMountsOf(container),
        };
    }

    private ContainerStatus BuildAbsent(PodContainer container, ContainerStatus? before)
    {
        var lost = before?.State?.Running is not null && input.State.Sandboxes.Count == 0;
        // What the API knows of an end outlives the runtime's record of it (a reboot, a wiped runtime).
        var state = before?.State is { Terminated: not null } ended && !input.Waiting.ContainsKey(container.Name) && !WillRestart(container, ended.Terminated!.ExitCode ?? 0)
            ? ended
            : new ContainerState { Waiting = WaitingOf(container) };
        if (lost && input.IsEnding)
            state = new ContainerState { Terminated = LostContainer(before!) };
        return new ContainerStatus
        {
            Name = container.Name,
            State = state,
            LastState = lost && !input.IsEnding ? new ContainerState { Terminated = LostContainer(before!) } : before?.LastState ?? new ContainerState(),
            Ready = state.Terminated is { ExitCode: 0 } && container.Kind == ContainerKind.Init,
            Started = false,
            RestartCount = before?.RestartCount ?? 0,
            Image = container.Spec.Image ?? "",
            ImageID = before?.ImageID ?? "",
            ContainerID = before?.ContainerID,
            Resources = before?.Resources,
            AllocatedResources = before?.AllocatedResources,
            VolumeMounts = VolumeMountsOf(container),
        };
    }

    private ContainerState StateOf(PodContainer container, Cri.ContainerStatus newest, out bool replacesTerminated)
    {
        replacesTerminated = false;
        switch (newest.State)
        {
            case Cri.ContainerState.Running when input.Starting.Contains(container.Name) && container.Spec.Lifecycle?.PostStart is not null:
            case Cri.ContainerState.Created:
                return new() { Waiting = WaitingOf(container) };
            case Cri.ContainerState.Running:
                return new() { Running = new() { StartedAt = newest.StartedAt ?? newest.CreatedAt } };
            case Cri.ContainerState.Exited when !input.IsEnding && input.Waiting.TryGetValue(container.Name, out var waiting):
                replacesTerminated = true;
                return new() { Waiting = new() { Reason = waiting.Reason, Message = waiting.Message } };
            default:
                return new() { Terminated = TerminatedOf(newest) };
        }
    }

    private ContainerState LastStateOf(Cri.ContainerStatus newest, ContainerStatus? before, bool replacesTerminated)
    {
        if (replacesTerminated)
            return new() { Terminated = TerminatedOf(newest) };
        if (input.State.Before(newest) is { State: Cri.ContainerState.Exited } previous)
            return new() { Terminated = TerminatedOf(previous) };
        if (newest.Metadata.Attempt == 0 || before is null)
            return new();
        // The record of the previous run may be gone; the API's is as good, when it is of another run than this one.
        if (before.State?.Terminated is { } ended && ended.ContainerID != IdScheme + newest.Id)
            return new() { Terminated = ended };
        return before.LastState ?? new();
    }

    private ContainerStateTerminated TerminatedOf(Cri.ContainerStatus container)
    {
        var message = input.TerminationMessages.GetValueOrDefault(container.Id);
        return new()
        {
            ExitCode = container.State == Cri.ContainerState.Exited ? container.ExitCode : 137,
            Reason = ReasonOf(container),
            Message = message is { Length: > 0 } ? message : container.Message is { Length: > 0 } ? container.Message : null,
            StartedAt = container.StartedAt ?? container.CreatedAt,
            FinishedAt = container.FinishedAt ?? input.Now,
            ContainerID = IdScheme + container.Id,
        };
    }

    private ContainerStateWaiting WaitingOf(PodContainer container)
    {
        if (input.Waiting.TryGetValue(container.Name, out var waiting))
            return new() { Reason = waiting.Reason, Message = waiting.Message };
        var waitsForInit = hasInitContainers && !isInitialized;
        return new() { Reason = waitsForInit ? "PodInitializing" : "ContainerCreating" };
    }

    private bool IsStarted(PodContainer container, Cri.ContainerStatus newest)
    {
        if (newest.State != Cri.ContainerState.Running || input.Starting.Contains(container.Name))
            return false;
        return container.Kind == ContainerKind.Init || container.Spec.StartupProbe is null || input.Probes.Find(newest.Id, ProbeKind.Startup) == true;
    }

    private bool IsReady(PodContainer container, Cri.ContainerStatus newest, bool isStarted)
    {
        if (container.Kind == ContainerKind.Init)
            return newest is { State: Cri.ContainerState.Exited, ExitCode: 0 };
        if (container.Kind == ContainerKind.Ephemeral || !isStarted)
            return false;
        return container.Spec.ReadinessProbe is null || input.Probes.Find(newest.Id, ProbeKind.Readiness) == true;
    }

    private bool WillRestart(PodContainer container, int exitCode) =>
        !input.IsEnding && RestartDecision.ShouldRestart(input.Pod, container, exitCode);

    private ContainerStateTerminated LostContainer(ContainerStatus before) => new()
    {
        ExitCode = 137,
        Reason = "ContainerStatusUnknown",
        Message = "The container could not be located when the pod was terminated",
        StartedAt = before.State?.Running?.StartedAt,
        FinishedAt = input.Now,
        ContainerID = before.ContainerID,
    };

    private static bool IsInitialized(PodStatusInput input)
    {
        foreach (var container in input.Pod.InitContainersOf())
        {
            var current = input.State.Current(container.Name);
            var isDone = container.Kind == ContainerKind.Sidecar
                ? current is { State: Cri.ContainerState.Running }
                : current is { State: Cri.ContainerState.Exited, ExitCode: 0 };
            if (!isDone)
                return false;
        }

        return true;
    }

    private static string ReasonOf(Cri.ContainerStatus container)
    {
        if (container.State != Cri.ContainerState.Exited)
            return "ContainerStatusUnknown";
        return container.Reason.Length > 0 ? container.Reason : container.ExitCode == 0 ? "Completed" : "Error";
    }

    private static ContainerUser? UserOf(Cri.ContainerStatus container) => container.User is not { } user ? null : new()
    {
        Linux = new() { Uid = user.Uid, Gid = user.Gid, SupplementalGroups = user.SupplementalGroups },
    };

    private static IReadOnlyList<VolumeMountStatus>? VolumeMountsOf(PodContainer container) =>
        container.Spec.VolumeMounts is not { Count: > 0 } mounts ? null :
        [
            .. mounts.Select(mount => new VolumeMountStatus
            {
                Name = mount.Name, MountPath = mount.MountPath, ReadOnly = mount.ReadOnly == true ? true : null,
                RecursiveReadOnly = mount.ReadOnly == true ? mount.RecursiveReadOnly ?? "Disabled" : null,
            }),
        ];
}
