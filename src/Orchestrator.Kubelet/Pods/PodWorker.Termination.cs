using Orchestrator.Api.Errors;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Pods;

/// <summary>The phases behind syncing: end what runs, report the end, tidy up, forget.</summary>
internal sealed partial class PodWorker
{
    private const int DefaultGraceSeconds = 30;
    private static readonly TimeSpan RemovedGrace = TimeSpan.FromSeconds(2);

    private GraceDeadline? grace;
    private Task? termination;
    private bool isEnded;
    private WaitingReason? failure;
    private bool isDeleteSent;

    /// <summary>The way of no return: starts are cancelled, and everything that runs is ended beside the loop.</summary>
    private void BeginTermination(CancellationToken stopping)
    {
        if (Phase != PodWorkerPhase.Syncing)
            return;
        Phase = PodWorkerPhase.Terminating;
        LogTerminating(pod.Namespace(), pod.Name(), pod.Uid());
        grace = new(services.Time, TimeSpan.FromSeconds(GraceSeconds()));
        startStopping.Cancel();
        services.Probes.StopRestarting(pod.Uid());
        WakeAt(null);
        termination = TerminateAsync(pod, grace, stopping);
    }

    private async Task TerminateAsync(Pod ending, GraceDeadline deadline, CancellationToken stopping)
    {
        await Task.WhenAll(operations.Values);
        var delay = TimeSpan.FromSeconds(1);
        while (!await TryTerminateAsync(ending, deadline, stopping))
        {
            await Task.Delay(delay, services.Time, stopping);
            delay = delay * 2 < MaximumSandboxRetry ? delay * 2 : MaximumSandboxRetry;
        }

        finished.Enqueue(() => isEnded = true);
        Wake();
    }

    private async Task<bool> TryTerminateAsync(Pod ending, GraceDeadline deadline, CancellationToken stopping)
    {
        try
        {
            var state = await PodRuntimeState.ReadAsync(services.Runtime, ending.Uid(), stopping);
            await services.Killer.KillPodAsync(ending, state, deadline, stopping);
            foreach (var sandbox in state.Sandboxes.Where(sandbox => sandbox.State == Cri.PodSandboxState.Ready))
                await services.Runtime.StopPodSandboxAsync(sandbox.Id, stopping);
            return true;
        }
        catch (Exception failed) when (failed is not OperationCanceledException)
        {
            // The edge of the termination: it is tried until it works.
            LogTerminationFailed(failed, ending.Namespace(), ending.Name(), ending.Uid());
            services.Events.Warning(ending, EventReason.FailedKillPod, $"error killing pod: {failed.Message}");
            return false;
        }
    }

    private void ShortenGrace(bool removed)
    {
        // The API has let go of the pod (a forced deletion): nobody waits for a graceful end any more.
        if (removed)
            grace!.Shorten(RemovedGrace);
        if (pod.Metadata.DeletionGracePeriodSeconds is { } seconds)
            grace!.Shorten(TimeSpan.FromSeconds(Math.Max(seconds, 0)));
    }

    private long GraceSeconds() =>
        Math.Max(pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? DefaultGraceSeconds, 0);

    /// <summary>Nothing runs: write the last status, give back volumes and room.</summary>
    private async Task FinishAsync(bool removed, CancellationToken stopping)
    {
        await termination!;
        services.Probes.RemovePod(pod.Uid());
        if (!removed)
        {
            Report(await PodRuntimeState.ReadAsync(services.Runtime, pod.Uid(), stopping), stopping);
            await statusWriter.FlushAsync(stopping);
        }

        await services.Volumes.UnmountAsync(pod.Uid(), stopping);
        services.Images.Forget(pod.Uid());
        services.Admission.Release(pod.Uid());
        Phase = PodWorkerPhase.Terminated;
        LogTerminated(pod.Namespace(), pod.Name(), pod.Uid());
    }

    private async Task CloseAsync(bool removed, CancellationToken stopping)
    {
        if (removed || statusWriter.IsGone)
        {
            await RemoveRecordsAsync(stopping);
            Phase = PodWorkerPhase.Gone;
            return;
        }

        if (!pod.IsBeingDeleted() || isDeleteSent)
            return;
        try
        {
            await services.Client.DeleteAsync<Pod>(
                pod.Namespace(), pod.Name(), new() { GracePeriodSeconds = 0, Preconditions = new() { Uid = pod.Uid() } }, stopping);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.Conflict)
        {
            // Another pod has the name by now; this one's removal is on its way here.
        }

        isDeleteSent = true;
    }

    private async Task RemoveRecordsAsync(CancellationToken stopping)
    {
        foreach (var sandbox in await services.Runtime.ListPodSandboxesAsync(pod.Uid(), stopping))
        {
            await services.Runtime.StopPodSandboxAsync(sandbox.Id, stopping);
            await services.Runtime.RemovePodSandboxAsync(sandbox.Id, stopping);
        }

        PodFiles.RemovePod(services.Paths, pod);
    }

    [LoggerMessage(LogLevel.Error, "Ending pod {Namespace}/{Pod} ({PodUid}) failed; it will be tried again")]
    private partial void LogTerminationFailed(Exception exception, string @namespace, string pod, string podUid);

    [LoggerMessage(LogLevel.Debug, "Pod {Namespace}/{Pod} ({PodUid}) is being terminated")]
    private partial void LogTerminating(string @namespace, string pod, string podUid);

    [LoggerMessage(LogLevel.Debug, "Pod {Namespace}/{Pod} ({PodUid}) is terminated")]
    private partial void LogTerminated(string @namespace, string pod, string podUid);
}
