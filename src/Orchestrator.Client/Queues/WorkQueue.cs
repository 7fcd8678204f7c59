using System.Diagnostics;

namespace Orchestrator.Client.Queues;

/// <summary>A key to work on, with the resource versions that put it in the queue.</summary>
public readonly record struct WorkItem<T>(T Key, IReadOnlyList<long> Triggers);

/// <summary>How long a key that failed waits: Kubernetes' figures.</summary>
public sealed record WorkQueueOptions
{
    public static WorkQueueOptions Default { get; } = new();

    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(5);

    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(1000);
}

/// <summary>
/// A queue of keys that is fair (first come, first served) and stingy (a key waits once however often it is added, and is never
/// handed out to two takers at the same time: added while in work, it waits until it is done). Keys may be added for later, and
/// after a failure with a growing delay. Members may be called concurrently.
/// </summary>
public sealed class WorkQueue<T> : IDisposable
    where T : notnull
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly WorkQueueOptions options;
    private readonly KeyValuePair<string, object?> nameTag;
    private readonly ITimer timer;

    private readonly Queue<T> ready = [];
    /// <summary>Keys that wait, in <see cref="ready"/> or behind the taker that has them now, with their triggers.</summary>
    private readonly Dictionary<T, TriggerSet> waiting = [];
    private readonly HashSet<T> taken = [];
    private readonly Queue<TaskCompletionSource<WorkItem<T>?>> takers = [];
    private readonly Dictionary<T, int> failures = [];

    private readonly PriorityQueue<T, (long DueAt, long Order)> later = new();
    private readonly Dictionary<T, (long DueAt, TriggerSet Triggers)> dueAt = [];
    private long nextOrder;
    private bool completed;

    public WorkQueue(string name, TimeProvider time, WorkQueueOptions? options = null)
    {
        Name = name;
        this.time = time;
        this.options = options ?? WorkQueueOptions.Default;
        nameTag = new KeyValuePair<string, object?>("name", name);
        timer = time.CreateTimer(static queue => ((WorkQueue<T>)queue!).MoveDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public string Name { get; }

    /// <summary>Keys ready to be taken.</summary>
    public int Length
    {
        get
        {
            lock (gate)
                return ready.Count;
        }
    }

    /// <summary>Nothing is ready and nothing is being worked on; keys may wait for their time.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
                return ready.Count == 0 && taken.Count == 0;
        }
    }

    /// <summary>Keys that wait for their time.</summary>
    public int DelayedCount
    {
        get
        {
            lock (gate)
                return dueAt.Count;
        }
    }

    /// <summary>Keys ready to be taken, first one first, for people who look.</summary>
    public IReadOnlyList<T> Peek()
    {
        lock (gate)
            return [.. ready];
    }

    /// <param name="trigger">Resource version of the change that makes the key worth a look; 0 for none.</param>
    public void Add(T key, long trigger = 0)
    {
        lock (gate)
            AddCore(key, trigger == 0 ? TriggerSet.Empty : TriggerSet.Of(trigger));
    }

    /// <summary>Adds a key back with the triggers it was taken with.</summary>
    public void Add(T key, IReadOnlyList<long> triggers)
    {
        lock (gate)
            AddCore(key, TriggerSet.Of(triggers));
    }

    /// <summary>Adds a key later. Of two delays for one key the one that ends first counts.</summary>
    public void AddAfter(T key, TimeSpan delay, IReadOnlyList<long>? triggers = null)
    {
        var set = TriggerSet.Of(triggers ?? []);
        lock (gate)
        {
            if (delay <= TimeSpan.Zero)
                AddCore(key, set);
            else
                AddLater(key, delay, set);
        }
    }

    /// <summary>Adds a key after a delay that doubles each time until <see cref="Forget"/>.</summary>
    public void AddWithBackoff(T key, IReadOnlyList<long>? triggers = null)
    {
        TimeSpan delay;
        lock (gate)
        {
            var failed = failures.GetValueOrDefault(key);
            failures[key] = failed + 1;
            delay = BackoffAfter(failed);
        }

        ReconcileMetrics.Retries.Add(1, nameTag);
        AddAfter(key, delay, triggers);
    }

    /// <summary>The key succeeded: its next failure waits the shortest time again.</summary>
    public void Forget(T key)
    {
        lock (gate)
            failures.Remove(key);
    }

    public int FailuresOf(T key)
    {
        lock (gate)
            return failures.GetValueOrDefault(key);
    }

    /// <summary>Takes the next key; it must be given back with <see cref="Done"/>. Null once the queue is completed and empty.</summary>
    /// <exception cref="OperationCanceledException"/>
    public async ValueTask<WorkItem<T>?> TakeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskCompletionSource<WorkItem<T>?> taker;
        lock (gate)
        {
            if (ready.Count > 0)
                return TakeFirst();
            if (completed)
                return null;
            taker = new TaskCompletionSource<WorkItem<T>?>(TaskCreationOptions.RunContinuationsAsynchronously);
            takers.Enqueue(taker);
        }

        await using (cancellationToken.UnsafeRegister(static (t, token) => ((TaskCompletionSource<WorkItem<T>?>)t!).TrySetCanceled(token), taker))
            return await taker.Task;
    }

    public void Done(T key)
    {
        lock (gate)
        {
            taken.Remove(key);
            if (waiting.ContainsKey(key))
                MakeReady(key);
        }
    }

    /// <summary>No more keys are accepted; takers get what is there, then null.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            while (takers.TryDequeue(out var taker))
                taker.TrySetResult(null);
        }
    }

    public void Dispose()
    {
        Complete();
        timer.Dispose();
    }

    private void AddCore(T key, TriggerSet triggers)
    {
        if (completed)
            return;
        var isNew = !waiting.TryGetValue(key, out var known);
        waiting[key] = isNew ? triggers : known.With(triggers);
        if (!isNew)
            return;
        ReconcileMetrics.Adds.Add(1, nameTag);
        if (!taken.Contains(key))
            MakeReady(key);
    }

    private void MakeReady(T key)
    {
        ready.Enqueue(key);
        ReconcileMetrics.Depth.Add(1, nameTag);
        while (takers.TryDequeue(out var taker))
        {
            if (taker.Task.IsCompleted)
                continue;
            var item = TakeFirst();
            if (taker.TrySetResult(item))
                return;
            // Cancelled in this very moment: the next taker gets the key.
            taken.Remove(item.Key);
            waiting.Add(item.Key, TriggerSet.Of(item.Triggers));
            ready.Enqueue(item.Key);
        }
    }

    private WorkItem<T> TakeFirst()
    {
        var key = ready.Dequeue();
        ReconcileMetrics.Depth.Add(-1, nameTag);
        waiting.Remove(key, out var triggers);
        var isFree = taken.Add(key);
        Debug.Assert(isFree, "a key in work is never ready");
        return new WorkItem<T>(key, triggers.ToList());
    }

    private void AddLater(T key, TimeSpan delay, TriggerSet triggers)
    {
        var due = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
        if (dueAt.TryGetValue(key, out var known))
            (due, triggers) = (Math.Min(due, known.DueAt), known.Triggers.With(triggers));
        dueAt[key] = (due, triggers);
        later.Enqueue(key, (due, nextOrder++));
        Arm();
    }

    private void MoveDue()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (later.TryPeek(out var key, out var priority) && priority.DueAt <= now)
            {
                later.Dequeue();
                // An entry that was brought forward, or moved already, is stale.
                if (!dueAt.TryGetValue(key, out var entry) || entry.DueAt != priority.DueAt)
                    continue;
                dueAt.Remove(key);
                AddCore(key, entry.Triggers);
            }

            Arm();
        }
    }

    private void Arm()
    {
        if (!later.TryPeek(out _, out var first))
            return;
        var now = time.GetTimestamp();
        // A timer's resolution is a millisecond: rounding down would wake up just before the key is due.
        var wait = first.DueAt <= now ? TimeSpan.Zero : time.GetElapsedTime(now, first.DueAt);
        timer.Change(TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling(wait.TotalMilliseconds), int.MaxValue)), Timeout.InfiniteTimeSpan);
    }

    private TimeSpan BackoffAfter(int failed)
    {
        var factor = Math.Pow(2, Math.Min(failed, 40));
        return TimeSpan.FromTicks((long)Math.Min(options.MinBackoff.Ticks * factor, options.MaxBackoff.Ticks));
    }
}
