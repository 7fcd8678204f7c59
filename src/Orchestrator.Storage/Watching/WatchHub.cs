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

    public void RequestProgress(string prefix)
    {
        lock (gate)
        {
            for (var i = watchers.Count - 1; i >= 0; i--)
            {
                if (watchers[i].Prefix == prefix && !watchers[i].TryOfferProgress(revision))
                    watchers.RemoveAt(i);
            }
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
            for (var i = watchers.Count - 1; i >= 0; i--)
            {
                if (!watchers[i].TryOfferProgress(revision))
                    watchers.RemoveAt(i);
            }
        }
    }
}
