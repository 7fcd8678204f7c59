namespace Orchestrator.Storage.Watching;

/// <summary>
/// Hands committed batches to all watchers in revision order. The store's one writer publishes; watchers come and go on any
/// thread. Publishing never waits for a reader.
/// </summary>
internal sealed class WatchHub : IDisposable
{
    private readonly Lock gate = new();
    private readonly WatchOptions options;
    private readonly ITimer progressTimer;
    private readonly List<WatchQueue> watchers = [];
    private long revision;
    private readonly List<(string Prefix, long Revision)> progressRequests = [];
    private bool progressDue;
    private StoreException? closed;

    public WatchHub(WatchOptions options, TimeProvider time, long revision)
    {
        this.options = options;
        this.revision = revision;
        progressTimer = time.CreateTimer(_ => OfferDueProgress(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The newest revision published. A write is acknowledged only after it was published.</summary>
    public long Revision => Volatile.Read(ref revision);

    /// <param name="batches">Not empty; in revision order; unfiltered.</param>
    public void Publish(IReadOnlyList<WatchBatch> batches)
    {
        lock (gate)
        {
            for (var i = watchers.Count - 1; i >= 0; i--)
            {
                if (!watchers[i].TryOffer(batches))
                    watchers.RemoveAt(i);
            }
            Volatile.Write(ref revision, batches[^1].Revision);
            AnswerProgressRequests();
            if (watchers.Count > 0 && !progressDue && closed is null)
                progressDue = progressTimer.Change(options.ProgressInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: the store was closed.</exception>
    public WatchQueue Attach(string prefix)
    {
        lock (gate)
        {
            if (closed is not null)
                throw new StoreException(closed.Error, closed.Message);
            var watcher = new WatchQueue(prefix, revision, options.MaxPendingBytes);
            watchers.Add(watcher);
            return watcher;
        }
    }

    public void Detach(WatchQueue watcher)
    {
        lock (gate)
            watchers.Remove(watcher);
    }

    /// <summary>Gives the watches of a prefix a progress mark, now or as soon as the hub has reached a revision.</summary>
    public void RequestProgress(string prefix, long atLeastRevision = 0)
    {
        lock (gate)
        {
            if (revision < atLeastRevision)
                progressRequests.Add((prefix, atLeastRevision));
            else
                OfferProgress(prefix);
        }
    }

    /// <summary>
    /// Ends every watch with this error and goes on from another revision: changes between were lost to the hub.
    /// </summary>
    public void Restart(long newRevision, StoreException error)
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
                watcher.Fail(error);
            watchers.Clear();
            progressRequests.Clear();
            Volatile.Write(ref revision, newRevision);
        }
    }

    /// <summary>Ends every watch, and refuses new ones, with this error.</summary>
    public void Close(StoreException error)
    {
        lock (gate)
        {
            closed ??= error;
            foreach (var watcher in watchers)
                watcher.Fail(error);
            watchers.Clear();
        }
    }

    public void Dispose() => progressTimer.Dispose();

    private void OfferDueProgress()
    {
        lock (gate)
        {
            progressDue = false;
            OfferProgress(prefix: null);
        }
    }

    private void AnswerProgressRequests()
    {
        for (var i = progressRequests.Count - 1; i >= 0; i--)
        {
            if (progressRequests[i].Revision > revision)
                continue;
            OfferProgress(progressRequests[i].Prefix);
            progressRequests.RemoveAt(i);
        }
    }

    /// <param name="prefix">Null means all.</param>
    private void OfferProgress(string? prefix)
    {
        for (var i = watchers.Count - 1; i >= 0; i--)
        {
            if ((prefix is null || watchers[i].Prefix == prefix) && !watchers[i].TryOfferProgress(revision))
                watchers.RemoveAt(i);
        }
    }
}
