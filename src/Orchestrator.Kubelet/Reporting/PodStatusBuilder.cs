using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Reporting;

/// <summary>
/// Computes a pod's status from the runtime's state, the probes' verdicts and what the worker knows. Pure. Fields and conditions
/// that others own (resize, nominatedNodeName, readiness gates) are carried over.
/// </summary>
internal static class PodStatusBuilder
{
    public static PodStatus Build(PodStatusInput input)
    {
        var pod = input.Pod;
        var before = pod.Status ?? new PodStatus();
        var containers = new ContainerStatusBuilder(input);
        var init = containers.BuildAll(pod.InitContainersOf());
        var apps = containers.BuildAll(pod.AppContainersOf());
        var ephemeral = containers.BuildAll(pod.EphemeralContainersOf());
        var phase = NeverBack(before, PhaseOf(input, init, apps), input);
        var addresses = AddressesOf(input, before);
        return before with
        {
            Phase = phase,
            Reason = input.Failure?.Reason ?? (before.IsTerminalPhase() ? before.Reason : null),
            Message = input.Failure?.Message ?? (before.IsTerminalPhase() ? before.Message : null),
            HostIP = input.HostIp,
            HostIPs = [new HostIP { Ip = input.HostIp }],
            PodIP = addresses.Count > 0 ? addresses[0] : null,
            PodIPs = addresses.Count > 0 ? [.. addresses.Select(address => new PodIP { Ip = address })] : null,
            StartTime = before.StartTime ?? input.Now,
            QosClass = QosClass.Of(pod),
            InitContainerStatuses = init.Count > 0 ? init : null,
            ContainerStatuses = apps,
            EphemeralContainerStatuses = ephemeral.Count > 0 ? ephemeral : null,
            Conditions = PodConditions.Build(input, phase, init, apps),
            ObservedGeneration = pod.Metadata.Generation ?? before.ObservedGeneration,
        };
    }

    /// <summary>A phase that is reached is not left: Succeeded and Failed are final, and Running does not become Pending.</summary>
    private static string NeverBack(PodStatus before, string phase, PodStatusInput input)
    {
        if (before.IsTerminalPhase())
            return before.Phase!;
        // A final phase tells others that nothing runs any more, so it waits for the last container.
        if (phase is PodPhase.Succeeded or PodPhase.Failed && input.State.HasRunningContainer)
            return before.Phase ?? PodPhase.Pending;
        return phase;
    }

    private static string PhaseOf(PodStatusInput input, IReadOnlyList<ContainerStatus> init, IReadOnlyList<ContainerStatus> apps)
    {
        if (input.Failure is not null)
            return PodPhase.Failed;
        var ended = CountEnded(input, apps);
        if (InitFailed(input, init))
            return PodPhase.Failed;
        if (ended.Waiting > 0)
            return input.IsEnding && ended.Running == 0 ? PodPhase.Failed : PodPhase.Pending;
        if (ended.Running > 0 || ended.WillRestart > 0)
            return PodPhase.Running;
        return ended.Failed > 0 ? PodPhase.Failed : PodPhase.Succeeded;
    }

    private static bool InitFailed(PodStatusInput input, IReadOnlyList<ContainerStatus> init)
    {
        var i = 0;
        foreach (var container in input.Pod.InitContainersOf())
        {
            var terminated = init[i++].State?.Terminated;
            if (container.Kind == ContainerKind.Init && terminated is { ExitCode: not 0 }
                && (input.IsEnding || !RestartDecision.ShouldRestart(input.Pod, container, terminated.ExitCode ?? 0)))
                return true;
        }

        return false;
    }

    /// <summary>A container that waits but ran before counts as ended (and about to restart), so that a crash loop is still "Running".</summary>
    private static (int Waiting, int Running, int WillRestart, int Failed) CountEnded(PodStatusInput input, IReadOnlyList<ContainerStatus> apps)
    {
        var (waiting, running, willRestart, failed, i) = (0, 0, 0, 0, 0);
        foreach (var container in input.Pod.AppContainersOf())
        {
            var status = apps[i++];
            var terminated = status.State?.Terminated ?? (status.State?.Waiting is not null ? status.LastState?.Terminated : null);
            if (status.State?.Running is not null)
                running++;
            else if (terminated is null)
                waiting++;
            else if (!input.IsEnding && RestartDecision.ShouldRestart(input.Pod, container, terminated.ExitCode ?? 0))
                willRestart++;
            else if (terminated.ExitCode != 0)
                failed++;
        }

        return (waiting, running, willRestart, failed);
    }

    private static IReadOnlyList<string> AddressesOf(PodStatusInput input, PodStatus before)
    {
        if (input.Pod.IsHostNetwork())
            return [input.HostIp];
        if (input.State.Sandbox is { Addresses.Count: > 0 } sandbox)
            return [.. sandbox.Addresses.Select(address => address.ToString())];
        return before.PodIPs is { Count: > 0 } known ? [.. known.Select(ip => ip.Ip!)] : [];
    }
}
