using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Queue;

/// <summary>
/// Pods that wait for a node: active (by priority, then by arrival), backing off (until a time), unschedulable (until an event that
/// may help, or five minutes), or gated. A pod is in one place at most, and in none while it is being placed. Thread-safe.
/// </summary>
internal sealed class SchedulingQueue : IDisposable
{
    // Kubernetes' podInitialBackoffSeconds, podMaxBackoffSeconds and podMaxInUnschedulablePodsDuration.
    private static readonly TimeSpan InitialBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxBackoff = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxUnschedulable = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly Dictionary<string, QueuedPod> pods = [];
    private readonly PriorityQueue<string, (int Priority, long Arrival)> active = new();
    private TaskCompletionSource signal = NewSignal();
    private long arrivals;
    private ClusterEvent eventsSincePop;

    public SchedulingQueue(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a pod, or takes over its new form; a pod that could not be placed is tried again when it changed.</summary>
    public void Set(PodInfo pod)
    {
        lock (gate)
        {
            if (!pods.TryGetValue(pod.Uid, out var queued))
            {
                pods[pod.Uid] = queued = new QueuedPod(pod);
                Enqueue(queued);
                return;
            }

            var before = queued.Pod;
            queued.Pod = pod;
            if (queued.Place is Place.Unschedulable or Place.Gated && MayMatter(before, pod))
                Enqueue(queued);
        }
    }

    public void Remove(string uid)
    {
        lock (gate)
            pods.Remove(uid); // Its entry in the active heap is skipped when it comes up.
    }

    /// <summary>The next pod to place; it stays out of the queue until one of the two answers below, or for ever when it was placed.</summary>
    public async Task<QueuedPod> PopAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource wait;
            lock (gate)
            {
                while (active.TryDequeue(out var uid, out _))
                {
                    if (!pods.TryGetValue(uid, out var queued) || queued.Place != Place.Active)
                        continue;
                    queued.Place = Place.InFlight;
                    queued.Attempts++;
                    eventsSincePop = ClusterEvent.None;
                    return queued;
                }

                if (signal.Task.IsCompleted)
                    signal = NewSignal();
                wait = signal;
            }

            using (cancellationToken.UnsafeRegister(static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token), wait))
                await wait.Task;
        }
    }

    /// <summary>No node could take the pod now. It waits for an event that may help; if one came meanwhile, only for its backoff.</summary>
    public void ReturnUnschedulable(QueuedPod queued, IReadOnlySet<string> rejectingPlugins)
    {
        lock (gate)
        {
            if (!pods.ContainsKey(queued.Pod.Uid))
                return;
            queued.RejectingPlugins = rejectingPlugins;
            if (eventsSincePop != ClusterEvent.None && QueueingHints.MayHelp(rejectingPlugins, eventsSincePop))
                BackOff(queued);
            else
            {
                queued.Place = Place.Unschedulable;
                queued.ReadyAt = time.GetUtcNow() + MaxUnschedulable;
                SetTimer();
            }
        }
    }

    /// <summary>Placing it failed for a passing reason, such as a refused binding: try again after its backoff.</summary>
    public void ReturnFailed(QueuedPod queued)
    {
        lock (gate)
        {
            if (pods.ContainsKey(queued.Pod.Uid))
                BackOff(queued);
        }
    }

    /// <summary>Something happened: pods that it may help are tried again.</summary>
    public void Notice(ClusterEvent what)
    {
        lock (gate)
        {
            eventsSincePop |= what;
            foreach (var queued in pods.Values)
            {
                if (queued.Place != Place.Unschedulable || !QueueingHints.MayHelp(queued.RejectingPlugins, what))
                    continue;
                if (time.GetUtcNow() >= queued.LastAttemptAt + BackoffOf(queued))
                    Activate(queued);
                else
                    BackOff(queued);
            }
        }
    }

    public void Dispose() => timer.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A status write changes nothing for placing; a new generation, other labels or fewer gates do.
    private static bool MayMatter(PodInfo before, PodInfo after) =>
        before.Pod.Metadata.Generation != after.Pod.Metadata.Generation
        || before.IsGated != after.IsGated
        || before.Labels.Count != after.Labels.Count
        || before.Labels.Any(label => !after.Labels.TryGetValue(label.Key, out var value) || value != label.Value);

    private static TimeSpan BackoffOf(QueuedPod queued)
    {
        var backoff = InitialBackoff * Math.Pow(2, Math.Clamp(queued.Attempts - 1, 0, 10));
        return backoff < MaxBackoff ? backoff : MaxBackoff;
    }

    private void Enqueue(QueuedPod queued)
    {
        if (queued.Pod.IsGated)
            queued.Place = Place.Gated;
        else
            Activate(queued);
    }

    private void Activate(QueuedPod queued)
    {
        queued.Place = Place.Active;
        active.Enqueue(queued.Pod.Uid, (-queued.Pod.Priority, arrivals++));
        signal.TrySetResult();
    }

    private void BackOff(QueuedPod queued)
    {
        queued.Place = Place.BackingOff;
        queued.ReadyAt = queued.LastAttemptAt + BackoffOf(queued);
        SetTimer();
    }

    private void Flush()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var queued in pods.Values)
            {
                if (queued.Place is Place.BackingOff or Place.Unschedulable && queued.ReadyAt <= now)
                    Activate(queued);
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        DateTimeOffset? next = null;
        foreach (var queued in pods.Values)
        {
            if (queued.Place is Place.BackingOff or Place.Unschedulable && (next is null || queued.ReadyAt < next))
                next = queued.ReadyAt;
        }

        if (next is not { } at)
            return;
        var delay = at - time.GetUtcNow();
        timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>Where a waiting pod is. Gated pods wait until their scheduling gates are gone (KEP-3521).</summary>
internal enum Place { Active, InFlight, BackingOff, Unschedulable, Gated }

/// <summary>A waiting pod and its history. Changed by the queue only, under its lock, except for <see cref="LastAttemptAt"/>.</summary>
internal sealed class QueuedPod(PodInfo pod)
{
    public PodInfo Pod { get; set; } = pod;

    public Place Place { get; set; }

    public int Attempts { get; set; }

    /// <summary>When the attempt under way, or the last one, began; set by the scheduling loop.</summary>
    public DateTimeOffset LastAttemptAt { get; set; }

    public DateTimeOffset ReadyAt { get; set; }

    public IReadOnlySet<string> RejectingPlugins { get; set; } = new HashSet<string>();
}
