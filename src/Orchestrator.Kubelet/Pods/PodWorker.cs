using System.Collections.Concurrent;
using System.Threading.Channels;
using Orchestrator.Api.Errors;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Pods;

internal enum PodWorkerPhase
{
    /// <summary>Makes the runtime match the spec.</summary>
    Syncing,

    /// <summary>Ends everything; nothing starts any more.</summary>
    Terminating,

    /// <summary>Nothing runs. Records and logs stay until the API forgets the pod.</summary>
    Terminated,

    /// <summary>Nothing is left.</summary>
    Gone,
}

/// <summary>
/// Owns all that happens to one pod on this node. Wakes for news (a changed pod, an exit, a probe's verdict, an operation that
/// ended, a time that came), looks at spec and runtime, starts operations, reports. The phase only moves forward. Slow work
/// (pulls, hooks, grace periods) runs as operations beside the loop, one per container at a time, so news is never held up.
/// </summary>
/// <remarks>
/// <see cref="Update"/>, <see cref="Remove"/> and <see cref="Wake"/> may be called from anywhere; everything else belongs to the loop.
/// </remarks>
internal sealed partial class PodWorker : IDisposable
{
    private readonly PodWorkerServices services;
    private readonly PodStatusWriter statusWriter;
    private readonly ILogger<PodWorker> logger;
    private readonly ITimer timer;

    // A wake-up that was not consumed yet covers the next one: state is read afresh each round.
    private readonly Channel<bool> wakeUps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly ConcurrentQueue<Action> finished = new();
    private readonly Lock inboxLock = new();
    private Pod latest;
    private bool isRemoved;

    private readonly CancellationTokenSource startStopping = new();
    private readonly Dictionary<string, Task> operations = new(StringComparer.Ordinal);
    private readonly HashSet<string> starting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, WaitingReason> waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> notBefore = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RestartBackOff> backOffs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> terminationMessages = new(StringComparer.Ordinal);
    private Pod pod;
    private PodStatus? lastStatus;
    private int failedRounds;

    public PodWorker(Pod pod, PodWorkerServices services)
    {
        this.services = services;
        this.pod = latest = pod;
        logger = services.Logs.CreateLogger<PodWorker>();
        statusWriter = new(services.Client, services.Time, services.Logs.CreateLogger<PodStatusWriter>());
        timer = services.Time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Wake();
    }

    public PodWorkerPhase Phase { get; private set; }

    /// <summary>The pod as the API last had it, with the status this worker computed last.</summary>
    public Pod Snapshot => Volatile.Read(ref lastStatus) is { } status ? Volatile.Read(ref latest) with { Status = status } : Volatile.Read(ref latest);

    /// <summary>The API has a newer version of the pod.</summary>
    public void Update(Pod newer)
    {
        lock (inboxLock)
            latest = newer;
        Wake();
    }

    /// <summary>The API no longer has the pod.</summary>
    public void Remove()
    {
        lock (inboxLock)
            isRemoved = true;
        Wake();
    }

    public void Wake() => wakeUps.Writer.TryWrite(true);

    /// <summary>Runs until the pod is gone or the kubelet stops; in the latter case containers are left as they are.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        try
        {
            while (Phase != PodWorkerPhase.Gone && await wakeUps.Reader.WaitToReadAsync(stopping))
            {
                wakeUps.Reader.TryRead(out _);
                await RoundSafelyAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await startStopping.CancelAsync();
            await Task.WhenAll(operations.Values.Append(termination ?? Task.CompletedTask).Select(IgnoreCancellationAsync));
        }
        finally
        {
            services.Probes.RemovePod(pod.Uid());
            timer.Dispose();
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        startStopping.Dispose();
        grace?.Dispose();
    }

    private async Task RoundSafelyAsync(CancellationToken stopping)
    {
        try
        {
            await RoundAsync(stopping);
            failedRounds = 0;
        }
        catch (ApiException refusal) when (!stopping.IsCancellationRequested)
        {
            LogRefused(pod.Namespace(), pod.Name(), pod.Uid(), refusal.Message);
            RetryLater();
        }
        catch (Exception failed) when (!stopping.IsCancellationRequested)
        {
            // The edge of the loop: whatever failed is tried again, later each time.
            LogRoundFailed(failed, pod.Namespace(), pod.Name(), pod.Uid());
            RetryLater();
        }
    }

    private void RetryLater() =>
        timer.Change(TimeSpan.FromSeconds(Math.Min(1 << Math.Min(failedRounds++, 4), 10)), Timeout.InfiniteTimeSpan);

    private async Task RoundAsync(CancellationToken stopping)
    {
        bool removed;
        lock (inboxLock)
            (pod, removed) = (WithOwnStatus(latest), isRemoved);
        while (finished.TryDequeue(out var apply))
            apply();
        var state = await PodRuntimeState.ReadAsync(services.Runtime, pod.Uid(), stopping);
        NoteEnds(state);
        if (Phase == PodWorkerPhase.Syncing)
            await SyncAsync(state, removed, stopping);
        else if (Phase == PodWorkerPhase.Terminating)
            Report(state, stopping);
        if (Phase == PodWorkerPhase.Terminating && isEnded)
            await FinishAsync(removed, stopping);
        if (Phase == PodWorkerPhase.Terminating)
            ShortenGrace(removed);
        if (Phase == PodWorkerPhase.Terminated)
            await CloseAsync(removed, stopping);
    }

    private void Report(PodRuntimeState state, CancellationToken stopping)
    {
        var status = PodStatusBuilder.Build(new()
        {
            Pod = pod,
            State = state,
            Probes = services.Probes,
            Now = services.Time.GetUtcNow(),
            HostIp = services.Options.NodeIp.ToString(),
            Waiting = waiting,
            Starting = starting,
            TerminationMessages = terminationMessages,
            Failure = failure,
            IsEnding = Phase != PodWorkerPhase.Syncing,
        });
        Volatile.Write(ref lastStatus, status);
        pod = pod with { Status = status };
        bool removed;
        Pod known;
        lock (inboxLock)
            (known, removed) = (latest, isRemoved);
        if (!removed)
            statusWriter.Submit(known, status, IsUrgent(status), stopping);
    }

    /// <summary>
    /// What this worker computed last counts for more than what the API has: a write of ours may not have come back yet. What
    /// others own is taken from the API.
    /// </summary>
    private Pod WithOwnStatus(Pod newest)
    {
        if (lastStatus is not { } own)
            return newest;
        var foreign = (newest.Status?.Conditions ?? []).Where(condition => !IsOwnCondition(condition.Type!));
        return newest with
        {
            Status = own with
            {
                Conditions = [.. (own.Conditions ?? []).Where(condition => IsOwnCondition(condition.Type!)), .. foreign],
                NominatedNodeName = newest.Status?.NominatedNodeName,
                Resize = newest.Status?.Resize,
            },
        };
    }

    private void NoteEnds(PodRuntimeState state)
    {
        foreach (var container in state.Containers)
        {
            if (container.State == Cri.ContainerState.Exited && !terminationMessages.ContainsKey(container.Id))
            {
                terminationMessages[container.Id] = services.TerminationMessages.Read(pod, container);
                services.Probes.RemoveContainer(container.Id);
            }
        }
    }

    private void WakeAt(DateTimeOffset? when)
    {
        var now = services.Time.GetUtcNow();
        var latestWake = now + services.Options.SyncFrequency;
        var next = when is { } wanted && wanted < latestWake ? wanted : latestWake;
        timer.Change(next > now ? next - now : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private static async Task IgnoreCancellationAsync(Task task)
    {
        try
        {
            await task;
        }
        catch (OperationCanceledException)
        {
            // That is what stopping is.
        }
    }

    /// <summary>A status that only says that containers are being made can wait for the next one.</summary>
    private static bool IsUrgent(PodStatus status)
    {
        if (status.Phase != PodPhase.Pending)
            return true;
        foreach (var container in (status.ContainerStatuses ?? []).Concat(status.InitContainerStatuses ?? []))
        {
            if (container.State?.Waiting?.Reason is not ("ContainerCreating" or "PodInitializing"))
                return true;
        }

        return false;
    }

    private static bool IsOwnCondition(string type) =>
        type is PodConditions.ReadyToStartContainers or PodConditions.Initialized or PodConditions.ContainersReady or PodConditions.Ready;

    [LoggerMessage(LogLevel.Warning, "Syncing pod {Namespace}/{Pod} ({PodUid}) waits for the API server: {Error}")]
    private partial void LogRefused(string @namespace, string pod, string podUid, string error);

    [LoggerMessage(LogLevel.Error, "Syncing pod {Namespace}/{Pod} ({PodUid}) failed; it will be tried again")]
    private partial void LogRoundFailed(Exception exception, string @namespace, string pod, string podUid);
}
