namespace Orchestrator.Client.Informers;

/// <summary>How far a cache has come, in the server's revisions (KEP-5504: resource versions of one server compare as numbers).</summary>
public interface IRevisionSource
{
    /// <summary>The cache holds everything up to this revision; 0 before the first list.</summary>
    long Revision { get; }

    /// <summary>
    /// Completes when the cache has seen a change at or after <paramref name="revision"/>. Without further changes of the kind that
    /// may take until the next bookmark.
    /// </summary>
    Task WhenAtLeastAsync(long revision)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        WhenAtLeast(revision, waiter.SetResult);
        return waiter.Task;
    }

    /// <summary>As <see cref="WhenAtLeastAsync"/>; the callback runs in the informer's own flow and must be short.</summary>
    void WhenAtLeast(long revision, Action reached);
}

/// <summary>Those who wait for a cache to reach a revision.</summary>
internal sealed class RevisionWaiters : IRevisionSource
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<Action, long> waiting = new();
    private long reached;

    public long Revision => Volatile.Read(ref reached);

    public void WhenAtLeast(long revision, Action callback)
    {
        lock (gate)
        {
            if (reached < revision)
            {
                waiting.Enqueue(callback, revision);
                return;
            }
        }

        callback();
    }

    public void Reach(long revision)
    {
        List<Action>? callbacks = null;
        lock (gate)
        {
            if (revision <= reached)
                return;
            Volatile.Write(ref reached, revision);
            while (waiting.TryPeek(out _, out var wanted) && wanted <= revision)
                (callbacks ??= []).Add(waiting.Dequeue());
        }

        foreach (var callback in callbacks ?? [])
            callback();
    }
}
