using Orchestrator.Kubelet.Containers;
using Orchestrator.Kubelet.Events;
using Orchestrator.Kubelet.Images;
using Orchestrator.Kubelet.Reporting;
using Orchestrator.Kubelet.Volumes;

namespace Orchestrator.Kubelet.Pods;

/// <summary>The syncing phase: admission, volumes, sandbox, containers.</summary>
internal sealed partial class PodWorker
{
    // Keys of operations that are not a container's; no container can be named so.
    private const string SandboxOperation = "/sandbox";
    private const string VolumesOperation = "/volumes";

    private static readonly TimeSpan SandboxRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaximumSandboxRetry = TimeSpan.FromSeconds(10);

    private bool isAdmitted;
    private MountedVolumes? volumes;
    private (IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, string>? Annotations) mountedFor;
    private bool referencesChanged;
    private int failedMounts;
    private int failedSandboxes;
    private DateTimeOffset? nextCheck;

    private async Task SyncAsync(PodRuntimeState state, bool removed, CancellationToken stopping)
    {
        if (removed || pod.IsBeingDeleted() || pod.Status.IsTerminalPhase())
        {
            BeginTermination(stopping);
            Report(state, stopping);
            return;
        }

        if (!isAdmitted && !Admit(state))
        {
            BeginTermination(stopping);
            Report(state, stopping);
            return;
        }

        nextCheck = null;
        if (HasPassedDeadline())
        {
            failure = new("DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
            services.Events.Normal(pod, EventReason.DeadlineExceeded, failure.Message);
            BeginTermination(stopping);
            Report(state, stopping);
            return;
        }

        MountVolumes(stopping);
        Apply(PodActions.Compute(new()
        {
            Pod = pod, State = state, Now = services.Time.GetUtcNow(), Probes = services.Probes, Busy = operations.Keys.ToHashSet(StringComparer.Ordinal),
            BackOffs = backOffs, NotBefore = notBefore, MaximumBackOff = services.Options.CrashLoopMaximumDelay,
        }), state, stopping);
        ProbeRunning(state);
        Report(state, stopping);
        if (pod.Status.IsTerminalPhase() || IsFinished(state))
        {
            BeginTermination(stopping);
            Report(state, stopping);
        }

        await CollectOldContainersAsync(state, stopping);
        WakeAt(nextCheck);
    }

    private bool Admit(PodRuntimeState state)
    {
        // A pod that has a sandbox was let in before this kubelet started.
        if (services.Admission.Admit(pod, isRunning: state.Sandboxes.Count > 0) is { } refusal)
        {
            failure = refusal;
            services.Events.Warning(pod, refusal.Reason, refusal.Message);
            return false;
        }

        isAdmitted = true;
        return true;
    }

    private bool HasPassedDeadline()
    {
        if (pod.Spec?.ActiveDeadlineSeconds is not { } seconds || pod.Status?.StartTime is not { } start)
            return false;
        var deadline = start + TimeSpan.FromSeconds(seconds);
        LookAgainAt(deadline);
        return services.Time.GetUtcNow() >= deadline;
    }

    /// <summary>Makes volumes ready, and again when something they show has changed.</summary>
    private void MountVolumes(CancellationToken stopping)
    {
        var isDue = volumes is null || referencesChanged || mountedFor != MetadataOf(pod) || services.Time.GetUtcNow() >= volumes.RefreshAt;
        LookAgainAt(volumes?.RefreshAt);
        if (!isDue || operations.ContainsKey(VolumesOperation) || IsTooEarly(VolumesOperation))
            return;
        referencesChanged = false;
        var shown = MetadataOf(pod);
        Start(VolumesOperation, async token =>
        {
            try
            {
                var mounted = await services.Volumes.MountAsync(pod, ReferencesChanged, token);
                return () =>
                {
                    (volumes, mountedFor, failedMounts) = (mounted, shown, 0);
                };
            }
            catch (Exception failed) when (failed is VolumeException or Api.Errors.ApiException or IOException or UnauthorizedAccessException or Linux.LinuxException)
            {
                services.Events.Warning(pod, EventReason.FailedMount, failed.Message);
                return () =>
                {
                    mountedFor = shown;
                    // An object that was missing makes itself known; this is for everything else.
                    notBefore[VolumesOperation] = services.Time.GetUtcNow() + TimeSpan.FromSeconds(Math.Min(0.5 * (1 << Math.Min(failedMounts++, 8)), 120));
                };
            }
        }, stopping);
    }

    /// <summary>A ConfigMap or Secret that the pod refers to was made, changed or removed. Called from anywhere.</summary>
    private void ReferencesChanged()
    {
        finished.Enqueue(() =>
        {
            referencesChanged = true;
            notBefore.Remove(VolumesOperation);
            foreach (var name in waiting.Where(pair => pair.Value.Reason == ContainerConfigException.CreateContainerConfigError).Select(pair => pair.Key))
                notBefore.Remove(name);
        });
        Wake();
    }

    /// <summary>What a downward volume can show of a pod and that can change.</summary>
    private static (IReadOnlyDictionary<string, string>? Labels, IReadOnlyDictionary<string, string>? Annotations) MetadataOf(Pod pod) =>
        pod.Spec?.Volumes?.Any(volume => volume.DownwardAPI is not null || volume.Projected?.Sources?.Any(source => source.DownwardAPI is not null) == true) == true
            ? (pod.Metadata.Labels, pod.Metadata.Annotations)
            : default;

    private void Apply(PodActions actions, PodRuntimeState state, CancellationToken stopping)
    {
        LookAgainAt(actions.NextCheck);
        if (actions.CreateSandbox)
            CreateSandbox(actions, stopping);
        foreach (var delay in actions.Delayed)
            NoteDelay(delay, state);
        foreach (var kill in actions.Kill)
            Kill(kill, stopping);
        if (volumes is null)
            return;
        foreach (var start in actions.Start)
            StartContainer(start, state, volumes, stopping);
    }

    private void CreateSandbox(PodActions actions, CancellationToken stopping)
    {
        if (operations.ContainsKey(SandboxOperation) || IsTooEarly(SandboxOperation))
            return;
        Start(SandboxOperation, async token =>
        {
            try
            {
                foreach (var stale in actions.StopSandboxes)
                    await services.Runtime.StopPodSandboxAsync(stale, token);
                if (actions.SandboxAttempt > 0)
                    services.Events.Normal(pod, EventReason.SandboxChanged, "Pod sandbox changed, it will be killed and re-created.");
                await services.Runtime.RunPodSandboxAsync(services.Sandboxes.ConfigFor(pod, actions.SandboxAttempt), token);
                return () => failedSandboxes = 0;
            }
            catch (Cri.RuntimeException failed)
            {
                services.Events.Warning(pod, EventReason.FailedCreatePodSandBox, $"Failed to create pod sandbox: {failed.Message}");
                return () => notBefore[SandboxOperation] = services.Time.GetUtcNow() + SandboxDelay();
            }
        }, stopping);
    }

    private TimeSpan SandboxDelay()
    {
        var delay = SandboxRetry * (1 << Math.Min(failedSandboxes++, 4));
        return delay < MaximumSandboxRetry ? delay : MaximumSandboxRetry;
    }

    private void NoteDelay(ContainerDelay delay, PodRuntimeState state)
    {
        var name = delay.Container.Name;
        var newest = state.Newest(name);
        // A program that cannot be started says so for its first runs; after that, the loop is the news.
        if (newest is { Reason: "StartError", Metadata.Attempt: < 2 } && waiting.GetValueOrDefault(name)?.Reason == ContainerStarter.RunContainerError)
            return;
        var message = $"back-off {RestartBackOff.Format(delay.BackOff.Delay)} restarting failed container={name} pod={pod.FormatForMessages()}";
        if (waiting.GetValueOrDefault(name)?.Message == message)
            return;
        waiting[name] = new("CrashLoopBackOff", message);
        services.Events.Warning(pod, EventReason.BackOff, $"Back-off restarting failed container {name} in pod {pod.FormatForMessages()}", delay.Container);
    }

    private void Kill(ContainerKill kill, CancellationToken stopping) => Start(kill.Container.Name, async token =>
    {
        using var limit = new GraceDeadline(services.Time, TimeSpan.FromSeconds(Math.Max(kill.GraceSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? 30, 0)));
        services.Probes.RemoveContainer(kill.Target.Id);
        await services.Killer.KillAsync(pod, kill.Container, kill.Target, kill.Message, limit, token);
        return static () => { };
    }, stopping);

    private void StartContainer(ContainerStart start, PodRuntimeState state, MountedVolumes mounted, CancellationToken stopping)
    {
        var (container, name) = (start.Container, start.Container.Name);
        if (start.Previous is { } previous)
            AdvanceBackOff(name, previous);
        starting.Add(name);
        if (waiting.GetValueOrDefault(name)?.Reason is "CrashLoopBackOff" or ContainerStarter.RunContainerError)
            waiting.Remove(name);
        var target = container.TargetContainerName is { } targetName ? state.Current(targetName)?.Id : null;
        var setting = new ContainerSetting(pod, state.Sandbox!, mounted, AddressesOf(state), target);
        WriteHostsFile(setting);
        Start(name, async token =>
        {
            try
            {
                var result = await services.Starter.StartAsync(setting, container, start.Attempt, token);
                return () => Started(name, result);
            }
            finally
            {
                finished.Enqueue(() => starting.Remove(name));
            }
        }, stopping);
    }

    private void AdvanceBackOff(string name, Cri.ContainerStatus previous)
    {
        if (previous.State == Cri.ContainerState.Exited)
            backOffs[name] = backOffs.GetValueOrDefault(name).Next(
                previous.FinishedAt ?? previous.CreatedAt, services.Options.CrashLoopInitialDelay, services.Options.CrashLoopMaximumDelay, services.Time.GetUtcNow());
    }

    private void Started(string name, StartResult result)
    {
        notBefore.Remove(name);
        if (result.Waiting is null)
        {
            waiting.Remove(name);
            return;
        }

        waiting[name] = result.Waiting;
        if (result.RetryAfter > TimeSpan.Zero)
            notBefore[name] = services.Time.GetUtcNow() + result.RetryAfter;
    }

    private void WriteHostsFile(ContainerSetting setting)
    {
        var path = services.Paths.EtcHosts(pod.Uid());
        var content = services.Sandboxes.HostsFile(pod, setting.PodIps);
        if (File.Exists(path) && File.ReadAllText(path) == content)
            return;
        Directory.CreateDirectory(services.Paths.Pod(pod.Uid()));
        File.WriteAllText(path, content);
    }

    /// <summary>Probes run for what runs, once its start (with its postStart hook) is over.</summary>
    private void ProbeRunning(PodRuntimeState state)
    {
        foreach (var container in pod.AllContainersOf())
        {
            if (container.Kind is ContainerKind.Init or ContainerKind.Ephemeral || operations.ContainsKey(container.Name))
                continue;
            if (state.Current(container.Name) is { State: Cri.ContainerState.Running } running)
                services.Probes.Ensure(pod, container, running, AddressesOf(state).FirstOrDefault() ?? "", Wake);
        }
    }

    /// <summary>All that the pod was to do is done, or cannot be done any more, though something may still run (sidecars).</summary>
    private bool IsFinished(PodRuntimeState state)
    {
        if (operations.Count > 0)
            return false;
        foreach (var container in pod.InitContainersOf())
        {
            if (container.Kind == ContainerKind.Init && state.Current(container.Name) is { State: Cri.ContainerState.Exited, ExitCode: not 0 } failed
                && !RestartDecision.ShouldRestart(pod, container, failed.ExitCode))
                return true;
        }

        return pod.AppContainersOf().All(container =>
            state.Current(container.Name) is { State: Cri.ContainerState.Exited } ended && !RestartDecision.ShouldRestart(pod, container, ended.ExitCode));
    }

    /// <summary>Keeps the newest run of each container and the one before it, for its log.</summary>
    private async Task CollectOldContainersAsync(PodRuntimeState state, CancellationToken stopping)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var container in state.Containers)
        {
            var name = container.Metadata.Name;
            seen[name] = seen.GetValueOrDefault(name) + 1;
            if (seen[name] <= 2 || container.State == Cri.ContainerState.Running || operations.ContainsKey(name))
                continue;
            await services.Runtime.RemoveContainerAsync(container.Id, stopping);
            terminationMessages.Remove(container.Id);
            PodFiles.RemoveContainer(services.Paths, pod, name, container.Metadata.Attempt);
        }

        foreach (var sandbox in state.Sandboxes.Skip(1))
        {
            if (sandbox.State == Cri.PodSandboxState.NotReady && !state.Containers.Any(container => container.SandboxId == sandbox.Id))
                await services.Runtime.RemovePodSandboxAsync(sandbox.Id, stopping);
        }
    }

    /// <summary>
    /// Runs work beside the loop under a key; the loop leaves the key alone until the result, which is applied in the loop.
    /// </summary>
    private void Start(string key, Func<CancellationToken, Task<Action>> work, CancellationToken stopping)
    {
        operations[key] = RunOperationAsync();

        async Task RunOperationAsync()
        {
            // The loop goes on first: it starts all that can start now.
            await Task.Yield();
            Action? apply = null;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, startStopping.Token);
            try
            {
                apply = await work(either.Token);
            }
            catch (OperationCanceledException) when (either.IsCancellationRequested)
            {
                // The pod ends or the kubelet stops; the state of the runtime tells what came of it.
            }
            catch (Exception failed)
            {
                // The edge of the operation: the next round tries again, after a pause.
                LogOperationFailed(failed, key, pod.Namespace(), pod.Name(), pod.Uid());
                apply = () => notBefore[key] = services.Time.GetUtcNow() + SandboxRetry;
            }

            finished.Enqueue(() =>
            {
                operations.Remove(key);
                apply?.Invoke();
            });
            Wake();
        }
    }

    private bool IsTooEarly(string key)
    {
        if (!notBefore.TryGetValue(key, out var time) || services.Time.GetUtcNow() >= time)
            return false;
        LookAgainAt(time);
        return true;
    }

    private void LookAgainAt(DateTimeOffset? when)
    {
        if (when is { } time && (nextCheck is not { } earlier || time < earlier))
            nextCheck = time;
    }

    private IReadOnlyList<string> AddressesOf(PodRuntimeState state) =>
        pod.IsHostNetwork() ? [services.Options.NodeIp.ToString()] : [.. (state.Sandbox?.Addresses ?? []).Select(address => address.ToString())];

    [LoggerMessage(LogLevel.Error, "Operation {Operation} of pod {Namespace}/{Pod} ({PodUid}) failed; it will be tried again")]
    private partial void LogOperationFailed(Exception exception, string operation, string @namespace, string pod, string podUid);
}
