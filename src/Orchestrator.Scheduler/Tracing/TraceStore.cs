using Orchestrator.Api;

namespace Orchestrator.Scheduler.Tracing;

/// <summary>
/// The last attempt for each pod, the most recent <paramref name="capacity"/> pods, and which of them are still to be made known.
/// Adding is cheap and never waits: whoever publishes takes what is there when it comes. Thread-safe.
/// </summary>
public sealed class TraceStore(int capacity)
{
    public const int DefaultCapacity = 1024;

    /// <summary>A pod that fails for the same reason again and again is made known anew after this time only.</summary>
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromMinutes(10);

    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, LinkedListNode<Entry>> byPod = [];
    private readonly LinkedList<Entry> newestFirst = [];
    private readonly Queue<Entry> unpublished = [];
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PlacementTrace? Find(ObjectKey pod)
    {
        lock (gate)
            return byPod.TryGetValue(pod, out var node) ? node.Value.Trace : null;
    }

    public void Add(PlacementTrace trace)
    {
        lock (gate)
        {
            var entry = new Entry(trace, trace.At);
            var isRepetition = false;
            if (byPod.Remove(trace.Pod, out var previous))
            {
                newestFirst.Remove(previous);
                isRepetition = Repeats(trace, previous.Value);
                if (isRepetition)
                    entry = previous.Value with { Trace = trace };
            }

            byPod[trace.Pod] = newestFirst.AddFirst(entry);
            if (!isRepetition)
                Announce(entry);
            if (newestFirst.Count <= capacity)
                return;
            byPod.Remove(newestFirst.Last!.Value.Trace.Pod);
            newestFirst.RemoveLast();
        }
    }

    /// <summary>Completes when something is to be made known.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return (unpublished.Count > 0 ? Task.CompletedTask : arrived.Task).WaitAsync(cancellationToken);
    }

    /// <summary>Takes up to <paramref name="limit"/> traces, oldest first. What was overtaken by a later attempt is left out.</summary>
    internal IReadOnlyList<PlacementTrace> TakeUnpublished(int limit)
    {
        var taken = new List<PlacementTrace>();
        lock (gate)
        {
            while (taken.Count < limit && unpublished.TryDequeue(out var entry))
            {
                if (byPod.TryGetValue(entry.Trace.Pod, out var current) && current.Value.Announced == entry.Announced)
                    taken.Add(current.Value.Trace);
            }

            if (unpublished.Count == 0 && arrived.Task.IsCompleted)
                arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return taken;
    }

    private static bool Repeats(PlacementTrace trace, Entry previous) =>
        trace.SelectedNode is null && previous.Trace.SelectedNode is null && trace.PodUid == previous.Trace.PodUid
        && trace.Message == previous.Trace.Message && trace.At - previous.Announced < RepeatAfter;

    // As long as nobody publishes, the oldest are let go: what is asked for is nearly always young.
    private void Announce(Entry entry)
    {
        unpublished.Enqueue(entry);
        if (unpublished.Count > capacity)
            unpublished.Dequeue();
        arrived.TrySetResult();
    }

    /// <param name="Announced">When this pod's last trace that says something new was made.</param>
    private sealed record Entry(PlacementTrace Trace, DateTimeOffset Announced);
}
