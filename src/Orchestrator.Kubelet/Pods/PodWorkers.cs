using Orchestrator.Client.Causes;
using Orchestrator.Client.Informers;

namespace Orchestrator.Kubelet.Pods;

/// <summary>
/// The workers of this node's pods by UID. Turns news from the API and the runtime into wake-ups; decides nothing itself.
/// </summary>
internal sealed partial class PodWorkers(PodWorkerServices services, string nodeName, ILogger<PodWorkers> logger)
{
    private static readonly TimeSpan EventStreamRetry = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Running> workers = new(StringComparer.Ordinal);
    private CancellationToken stopping;
    private long started;

    private readonly record struct Running(PodWorker Worker, Task Task);

    /// <summary>Every pod that this node has something of, as last computed.</summary>
    public IReadOnlyList<Pod> Pods
    {
        get
        {
            lock (gate)
                return [.. workers.Values.Select(running => running.Worker.Snapshot)];
        }
    }

    /// <summary>Runs until cancelled; returns when all workers have let go. Containers are left as they are.</summary>
    public async Task RunAsync(IInformer<Pod> pods, CancellationToken cancellationToken)
    {
        stopping = cancellationToken;
        pods.AddHandler(Handle);
        try
        {
            await pods.Synced.WaitAsync(cancellationToken);
            await RemoveOrphansAsync(pods.Lister, cancellationToken);
            await FollowRuntimeAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Stopping.
        }

        Task[] running;
        lock (gate)
            running = [.. workers.Values.Select(worker => worker.Task)];
        await Task.WhenAll(running);
    }

    public Pod? Find(string @namespace, string name)
    {
        lock (gate)
        {
            Pod? found = null;
            foreach (var running in workers.Values)
            {
                var pod = running.Worker.Snapshot;
                // Of two pods of one name, the one that is not ending is meant.
                if (pod.Name() == name && pod.Namespace() == @namespace && (found is null || !pod.IsBeingDeleted()))
                    found = pod;
            }

            return found;
        }
    }

    private void Handle(InformerChange<Pod> change)
    {
        var uid = change.Object.Uid();
        lock (gate)
        {
            if (stopping.IsCancellationRequested)
                return;
            // A pod that was deleted and made anew between two lists shows as one change.
            if (change.Old is { } old && change.New is not null && old.Uid() != uid && workers.TryGetValue(old.Uid(), out var replaced))
                replaced.Worker.Remove();
            if (change.New is null)
            {
                if (workers.TryGetValue(uid, out var removed))
                    removed.Worker.Remove();
            }
            else if (workers.TryGetValue(uid, out var known))
                known.Worker.Update(change.New);
            else
                Add(change.New);
        }
    }

    private void Add(Pod pod)
    {
        var worker = new PodWorker(pod, services);
        workers[pod.Uid()] = new(worker, RunWorkerAsync(worker, pod));
    }

    private async Task RunWorkerAsync(PodWorker worker, Pod pod)
    {
        await Task.Yield();
        Cause.Current = new($"kubelet/{nodeName}", $"{nodeName}-{Interlocked.Increment(ref started)}", $"v1/pods/{pod.Namespace()}/{pod.Name()}", TriggersOf(pod));
        await worker.RunAsync(stopping);
        lock (gate)
        {
            if (worker.Phase == PodWorkerPhase.Gone)
                workers.Remove(pod.Uid());
        }

        worker.Dispose();
    }

    private async Task FollowRuntimeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var change in services.Runtime.WatchEventsAsync(cancellationToken))
                    Wake(change.PodUid);
            }
            catch (Exception lost) when (!cancellationToken.IsCancellationRequested)
            {
                LogEventsLost(lost);
            }

            await Task.Delay(EventStreamRetry, services.Time, cancellationToken);
            // What happened in between is in the runtime's state.
            WakeAll();
        }
    }

    private void Wake(string podUid)
    {
        lock (gate)
        {
            if (workers.TryGetValue(podUid, out var running))
                running.Worker.Wake();
        }
    }

    private void WakeAll()
    {
        lock (gate)
        {
            foreach (var running in workers.Values)
                running.Worker.Wake();
        }
    }

    /// <summary>Pods that went away while no kubelet ran: their sandboxes are stopped and removed, their files too.</summary>
    private async Task RemoveOrphansAsync(ILister<Pod> known, CancellationToken cancellationToken)
    {
        var uids = known.List().Select(pod => pod.Uid()).ToHashSet(StringComparer.Ordinal);
        foreach (var sandbox in await services.Runtime.ListPodSandboxesAsync(null, cancellationToken))
        {
            if (uids.Contains(sandbox.Metadata.Uid))
                continue;
            LogOrphan(sandbox.Metadata.Namespace, sandbox.Metadata.Name, sandbox.Metadata.Uid);
            try
            {
                await services.Runtime.StopPodSandboxAsync(sandbox.Id, cancellationToken);
                await services.Runtime.RemovePodSandboxAsync(sandbox.Id, cancellationToken);
            }
            catch (Cri.RuntimeException failure)
            {
                LogOrphanFailed(failure, sandbox.Metadata.Namespace, sandbox.Metadata.Name, sandbox.Metadata.Uid);
            }
        }

        await services.Volumes.RemoveOrphansAsync(uids, cancellationToken);
    }

    private static IReadOnlyList<long> TriggersOf(Pod pod) => long.TryParse(pod.Metadata.ResourceVersion, out var version) ? [version] : [];

    [LoggerMessage(LogLevel.Warning, "The runtime's event stream broke; it will be opened again")]
    private partial void LogEventsLost(Exception exception);

    [LoggerMessage(LogLevel.Information, "Removing what is left of pod {Namespace}/{Pod} ({PodUid}), which is gone")]
    private partial void LogOrphan(string @namespace, string pod, string podUid);

    [LoggerMessage(LogLevel.Error, "Could not remove what is left of pod {Namespace}/{Pod} ({PodUid})")]
    private partial void LogOrphanFailed(Exception exception, string @namespace, string pod, string podUid);
}
