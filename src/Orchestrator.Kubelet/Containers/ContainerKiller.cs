using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Containers;

/// <summary>Ends containers: preStop hook, stop signal, grace, SIGKILL.</summary>
internal sealed class ContainerKiller(Cri.IRuntimeService runtime, LifecycleHooks hooks, IPodEvents events, TimeProvider time)
{
    /// <summary>What the stop signal gets even when the preStop hook used up the grace.</summary>
    private static readonly TimeSpan MinimumGrace = TimeSpan.FromSeconds(2);

    /// <summary>Ends one container. Returns when it has ended.</summary>
    public async Task KillAsync(Pod pod, PodContainer? container, Cri.ContainerStatus target, string? message, GraceDeadline grace, CancellationToken cancellationToken)
    {
        if (target.State != Cri.ContainerState.Running)
            return;
        events.Normal(pod, EventReason.Killing, message ?? $"Stopping container {target.Metadata.Name}", container);
        var ranHook = false;
        if (container?.Spec.Lifecycle?.PreStop is { } handler && grace.Remaining > TimeSpan.Zero)
        {
            ranHook = true;
            await PreStopAsync(pod, container, target, handler, grace, cancellationToken);
        }

        await StopAsync(target.Id, ranHook ? MinimumGrace : TimeSpan.Zero, grace, cancellationToken);
    }

    /// <summary>Ends everything of a pod: apps and init containers side by side, then sidecars, the last started first.</summary>
    public async Task KillPodAsync(Pod pod, PodRuntimeState state, GraceDeadline grace, CancellationToken cancellationToken)
    {
        var sidecars = new List<(PodContainer Container, Cri.ContainerStatus Target)>();
        var others = new List<Task>();
        foreach (var target in state.Containers.Where(container => container.State == Cri.ContainerState.Running))
        {
            var container = pod.FindContainer(target.Metadata.Name);
            if (container?.Kind == ContainerKind.Sidecar)
                sidecars.Add((container, target));
            else
                others.Add(KillAsync(pod, container, target, null, grace, cancellationToken));
        }

        await Task.WhenAll(others);
        var order = pod.InitContainersOf().Select(container => container.Name).ToList();
        foreach (var (container, target) in sidecars.OrderByDescending(sidecar => order.IndexOf(sidecar.Container.Name)))
            await KillAsync(pod, container, target, null, grace, cancellationToken);
    }

    private async Task PreStopAsync(
        Pod pod, PodContainer container, Cri.ContainerStatus target, LifecycleHandler handler, GraceDeadline grace, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, grace.Shortened);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, grace.Remaining, Timeout.InfiniteTimeSpan);
        try
        {
            var podIp = pod.Status?.PodIP ?? "127.0.0.1";
            if (await hooks.RunAsync(handler, container.Spec, target.Id, podIp, limit.Token) is { } failure)
                events.Warning(pod, EventReason.FailedPreStopHook, $"PreStopHook failed: {failure}", container);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The hook took longer than the grace, or the grace was cut: the signal follows.
        }
    }

    /// <summary>The runtime's stop waits for the grace it was given; when that is shortened, it is asked again with less.</summary>
    private async Task StopAsync(string containerId, TimeSpan minimum, GraceDeadline grace, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, grace.Shortened);
            try
            {
                var remaining = grace.Remaining;
                await runtime.StopContainerAsync(containerId, remaining > minimum ? remaining : minimum, limit.Token);
                return;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                minimum = TimeSpan.Zero;
            }
        }
    }
}
