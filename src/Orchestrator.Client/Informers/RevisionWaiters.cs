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
    Task WhenAtLeastAsync(long revision);
}

/// <summary>Those who wait for a cache to reach a revision.</summary>
internal sealed class RevisionWaiters : IRevisionSource
{
    private readonly Lock gate = new();
    private readonly PriorityQueue<TaskCompletionSource, long> waiting = new();
    private long reached;

    public long Revision => Volatile.Read(ref reached);

    public Task WhenAtLeastAsync(long revision)
    {
        lock (gate)
        {
            if (reached >= revision)
                return Task.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.Enqueue(waiter, revision);
            return waiter.Task;
        }
    }

    public void Reach(long revision)
    {
        lock (gate)
        {
            if (revision <= reached)
                return;
            Volatile.Write(ref reached, revision);
            while (waiting.TryPeek(out _, out var wanted) && wanted <= revision)
                waiting.Dequeue().SetResult();
        }
    }
}
