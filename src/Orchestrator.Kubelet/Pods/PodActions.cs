using Orchestrator.Kubelet.Probes;

namespace Orchestrator.Kubelet.Pods;

/// <summary>Everything a round of a pod's worker decides from. Taken once per round.</summary>
internal sealed record PodView
{
    public required Pod Pod { get; init; }
    public required PodRuntimeState State { get; init; }
    public required DateTimeOffset Now { get; init; }
    public required IProbeResults Probes { get; init; }

    /// <summary>Containers that an operation is under way for; they are left alone.</summary>
    public IReadOnlySet<string> Busy { get; init; } = new HashSet<string>();

    public IReadOnlyDictionary<string, RestartBackOff> BackOffs { get; init; } = new Dictionary<string, RestartBackOff>();

    /// <summary>Containers whose last start failed before anything ran, and when to try again.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> NotBefore { get; init; } = new Dictionary<string, DateTimeOffset>();

    public TimeSpan MaximumBackOff { get; init; } = TimeSpan.FromMinutes(5);
}

/// <param name="Previous">The container this one replaces, which ended by itself or was killed.</param>
internal sealed record ContainerStart(PodContainer Container, int Attempt, Cri.ContainerStatus? Previous);

/// <param name="GraceSeconds">Overrides the pod's grace (a probe's terminationGracePeriodSeconds).</param>
internal sealed record ContainerKill(Cri.ContainerStatus Target, PodContainer Container, string Message, long? GraceSeconds = null);

/// <summary>A container that waits for its back-off to pass.</summary>
internal sealed record ContainerDelay(PodContainer Container, RestartBackOff BackOff, DateTimeOffset Until);

/// <summary>
/// What a pod needs next, computed from its spec and from what the runtime has of it. Pure: the same view gives the same actions,
/// and a pod that is as it should be gives none, so a kubelet that restarts adopts what runs.
/// </summary>
internal sealed record PodActions
{
    /// <summary>A sandbox is to be made; nothing else happens before it stands.</summary>
    public bool CreateSandbox { get; init; }

    public int SandboxAttempt { get; init; }

    /// <summary>Sandboxes that are no longer the pod's, with whatever runs in them.</summary>
    public IReadOnlyList<string> StopSandboxes { get; init; } = [];

    public IReadOnlyList<ContainerStart> Start { get; init; } = [];
    public IReadOnlyList<ContainerKill> Kill { get; init; } = [];
    public IReadOnlyList<ContainerDelay> Delayed { get; init; } = [];

    /// <summary>When to look again though nothing happens.</summary>
    public DateTimeOffset? NextCheck { get; init; }

    public static PodActions Compute(PodView view)
    {
        if (NeedsSandbox(view))
        {
            return !HasWorkForSandbox(view) ? new() : new()
            {
                CreateSandbox = true,
                SandboxAttempt = view.State.Sandbox is { } last ? last.Metadata.Attempt + 1 : 0,
                StopSandboxes = [.. view.State.Sandboxes.Where(sandbox => sandbox.State == Cri.PodSandboxState.Ready).Select(sandbox => sandbox.Id)],
            };
        }

        var plan = new ContainerPlan(view);
        plan.PlanEphemeral();
        if (plan.PlanInit())
            plan.PlanApps();
        return plan.ToActions();
    }

    private static bool NeedsSandbox(PodView view) =>
        view.State.Sandbox is not { State: Cri.PodSandboxState.Ready } sandbox
        || (!view.Pod.IsHostNetwork() && sandbox.Addresses.Count == 0);

    /// <summary>A sandbox is made again only for a pod that still has something to run.</summary>
    private static bool HasWorkForSandbox(PodView view)
    {
        var pod = view.Pod;
        if (view.State.Containers.Count > 0 && pod.RestartPolicyOf() == PodSpecExtensions.RestartNever)
            return false;
        foreach (var container in pod.AppContainersOf())
        {
            if (LastExitCode(view, container) is not { } exitCode || RestartDecision.ShouldRestart(pod, container, exitCode))
                return true;
        }

        return false;
    }

    /// <summary>How the container last ended, by the runtime or else by the pod's status; null when it never did.</summary>
    internal static int? LastExitCode(PodView view, PodContainer container)
    {
        if (view.State.Newest(container.Name) is { } newest)
            return newest.State == Cri.ContainerState.Exited ? newest.ExitCode : null;
        return PreviousStatus(view.Pod, container)?.State?.Terminated?.ExitCode;
    }

    internal static ContainerStatus? PreviousStatus(Pod pod, PodContainer container)
    {
        var statuses = container.Kind switch
        {
            ContainerKind.App => pod.Status?.ContainerStatuses,
            ContainerKind.Ephemeral => pod.Status?.EphemeralContainerStatuses,
            _ => pod.Status?.InitContainerStatuses,
        };
        foreach (var status in statuses ?? [])
        {
            if (status.Name == container.Name)
                return status;
        }

        return null;
    }

    /// <summary>The container half of the decision, for a pod whose sandbox stands.</summary>
    private sealed class ContainerPlan(PodView view)
    {
        private readonly List<ContainerStart> start = [];
        private readonly List<ContainerKill> kill = [];
        private readonly List<ContainerDelay> delayed = [];
        private DateTimeOffset? nextCheck;

        public void PlanEphemeral()
        {
            foreach (var container in view.Pod.EphemeralContainersOf())
            {
                var known = view.State.Newest(container.Name) is not null || PreviousStatus(view.Pod, container)?.ContainerID is { Length: > 0 };
                if (!known && !view.Busy.Contains(container.Name))
                    AddStart(container, null);
            }
        }

        /// <returns>Whether app containers may run.</returns>
        public bool PlanInit()
        {
            var hasInitialized = view.Pod.AppContainersOf().Any(container => view.State.Current(container.Name) is not null);
            foreach (var container in view.Pod.InitContainersOf())
            {
                var current = view.State.Current(container.Name);
                if (container.Kind == ContainerKind.Sidecar)
                {
                    PlanRunning(container, current);
                    if (!hasInitialized && !IsStarted(container, current))
                        return false;
                }
                else if (!hasInitialized && !PlanInitStep(container, current))
                    return false;
            }

            return true;
        }

        public void PlanApps()
        {
            foreach (var container in view.Pod.AppContainersOf())
            {
                PlanRunning(container, view.State.Current(container.Name));
                // A postStart hook holds back the containers behind it; without one they start side by side.
                var isStarting = view.Busy.Contains(container.Name) || start.Exists(item => item.Container.Name == container.Name);
                if (isStarting && container.Spec.Lifecycle?.PostStart is not null)
                    return;
            }
        }

        public PodActions ToActions() => new() { Start = start, Kill = kill, Delayed = delayed, NextCheck = nextCheck };

        /// <returns>Whether this init container is done.</returns>
        private bool PlanInitStep(PodContainer container, Cri.ContainerStatus? current)
        {
            if (current is { State: Cri.ContainerState.Exited, ExitCode: 0 })
                return true;
            if (view.Busy.Contains(container.Name) || current is { State: Cri.ContainerState.Running })
                return false;
            if (current is null)
                AddStart(container, view.State.Newest(container.Name));
            else if (RestartDecision.ShouldRestart(view.Pod, container, ExitCodeOf(current)))
                AddStartAfterBackOff(container, current);
            return false;
        }

        private void PlanRunning(PodContainer container, Cri.ContainerStatus? current)
        {
            if (view.Busy.Contains(container.Name))
                return;
            if (current is null)
            {
                if (LastExitCode(view, container) is not { } exitCode || RestartDecision.ShouldRestart(view.Pod, container, exitCode))
                    AddStart(container, view.State.Newest(container.Name));
            }
            else if (current.State == Cri.ContainerState.Running)
                PlanKill(container, current);
            else if (IsChanged(container, current) || RestartDecision.ShouldRestart(view.Pod, container, ExitCodeOf(current)))
                AddStartAfterBackOff(container, current);
        }

        private void PlanKill(PodContainer container, Cri.ContainerStatus current)
        {
            var willRestart = RestartDecision.ShouldRestart(view.Pod, container, exitCode: 137) ? ", will be restarted" : "";
            if (IsChanged(container, current))
                kill.Add(new(current, container, $"Container {container.Name} definition changed, will be restarted"));
            else if (view.Probes.Find(current.Id, ProbeKind.Startup) == false)
                kill.Add(new(current, container, $"Container {container.Name} failed startup probe{willRestart}", container.Spec.StartupProbe?.TerminationGracePeriodSeconds));
            else if (view.Probes.Find(current.Id, ProbeKind.Liveness) == false)
                kill.Add(new(current, container, $"Container {container.Name} failed liveness probe{willRestart}", container.Spec.LivenessProbe?.TerminationGracePeriodSeconds));
        }

        private void AddStartAfterBackOff(PodContainer container, Cri.ContainerStatus previous)
        {
            var backOff = view.BackOffs.GetValueOrDefault(container.Name);
            if (!IsChanged(container, previous)
                && backOff.Until(previous.FinishedAt ?? previous.CreatedAt, view.MaximumBackOff, view.Now) is { } until)
            {
                delayed.Add(new(container, backOff, until));
                LookAgainAt(until);
                return;
            }

            AddStart(container, previous);
        }

        private void AddStart(PodContainer container, Cri.ContainerStatus? previous)
        {
            if (view.NotBefore.TryGetValue(container.Name, out var notBefore) && view.Now < notBefore)
            {
                LookAgainAt(notBefore);
                return;
            }

            start.Add(new(container, NextAttempt(container), previous));
        }

        private int NextAttempt(PodContainer container)
        {
            var known = PreviousStatus(view.Pod, container) is { ContainerID.Length: > 0 } status ? status.RestartCount ?? 0 : -1;
            return Math.Max(view.State.Newest(container.Name)?.Metadata.Attempt ?? -1, known) + 1;
        }

        private bool IsStarted(PodContainer container, Cri.ContainerStatus? current) =>
            current is { State: Cri.ContainerState.Running } && !view.Busy.Contains(container.Name)
            && (container.Spec.StartupProbe is null || view.Probes.Find(current.Id, ProbeKind.Startup) == true);

        private void LookAgainAt(DateTimeOffset time) => nextCheck = nextCheck is { } earlier && earlier < time ? earlier : time;

        /// <summary>A container that never ran, or of which nothing is known, counts as failed.</summary>
        private static int ExitCodeOf(Cri.ContainerStatus container) =>
            container.State == Cri.ContainerState.Exited ? container.ExitCode : 128;

        private static bool IsChanged(PodContainer container, Cri.ContainerStatus current) =>
            container.Kind != ContainerKind.Init
            && current.Annotations.TryGetValue(RuntimeLabels.ContainerHash, out var hash) && hash != RuntimeLabels.HashOf(container.Spec);
    }
}
