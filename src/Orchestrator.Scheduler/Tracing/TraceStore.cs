using Orchestrator.Api;

namespace Orchestrator.Scheduler.Tracing;

/// <summary>
/// The last attempt for each pod, the most recent <paramref name="capacity"/> pods. Thread-safe.
/// </summary>
public sealed class TraceStore(int capacity)
{
    public const int DefaultCapacity = 512;

    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, LinkedListNode<SchedulingTrace>> byPod = [];
    private readonly LinkedList<SchedulingTrace> newestFirst = [];

    public SchedulingTrace? Find(ObjectKey pod)
    {
        lock (gate)
            return byPod.TryGetValue(pod, out var node) ? node.Value : null;
    }

    public void Add(SchedulingTrace trace)
    {
        lock (gate)
        {
            if (byPod.Remove(trace.Pod, out var previous))
                newestFirst.Remove(previous);
            byPod[trace.Pod] = newestFirst.AddFirst(trace);
            if (newestFirst.Count <= capacity)
                return;
            byPod.Remove(newestFirst.Last!.Value.Pod);
            newestFirst.RemoveLast();
        }
    }
}
