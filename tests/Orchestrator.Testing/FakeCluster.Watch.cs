using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orchestrator.Api;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Metadata;

namespace Orchestrator.Testing;

public sealed partial class FakeCluster
{
    private sealed record Change(long Revision, GroupVersionResource Resource, StoredObject? Old, StoredObject New, bool Gone);

    private sealed record Watcher(GroupVersionResource Resource, Channel<Change> Changes);

    private readonly List<Change> history = [];
    private readonly List<Watcher> watchers = [];
    private readonly List<Change> held = [];
    private long compacted;
    private bool holding;

    /// <summary>While true, watchers hear nothing: what a slow network does to caches. Ends with all that was missed.</summary>
    public bool HoldWatches
    {
        get => holding;
        set
        {
            lock (gate)
            {
                holding = value;
                if (value)
                    return;
                foreach (var change in held)
                    Tell(change);
                held.Clear();
            }
        }
    }

    /// <summary>Forgets the history so far: watches from before are refused with 410 Gone.</summary>
    public void Compact()
    {
        lock (gate)
        {
            compacted = revision;
            history.Clear();
        }
    }

    /// <summary>Ends all running watches, as a server does that stops.</summary>
    public void DropWatches()
    {
        lock (gate)
        {
            foreach (var watcher in watchers)
                watcher.Changes.Writer.Complete();
            watchers.Clear();
        }
    }

    /// <summary>Watches that are open now.</summary>
    public int WatcherCount
    {
        get
        {
            lock (gate)
                return watchers.Count;
        }
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        await foreach (var (type, stored) in ChangesAsync(ResourceOf<T>.Resource, @namespace, options, cancellationToken))
            yield return new WatchEvent<T>(type, (T)stored.Object);
    }

    private async IAsyncEnumerable<(WatchEventType Type, StoredObject Stored)> ChangesAsync(
        GroupVersionResource resource, string? @namespace, ListOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var selectors = new FakeSelectors(options);
        var watcher = Open(resource, options, new ObjectKey(@namespace ?? "", ""));
        try
        {
            // Not ReadAllAsync, which leaves the reader's synchronization context.
            while (await watcher.Changes.Reader.WaitToReadAsync(cancellationToken))
            {
                while (watcher.Changes.Reader.TryRead(out var change))
                {
                    if (InNamespace(change.New, @namespace) && Classify(change, selectors) is { } type)
                        yield return (type, change.New);
                }
            }
        }
        finally
        {
            lock (gate)
                watchers.Remove(watcher);
        }
    }

    private Watcher Open(GroupVersionResource resource, ListOptions options, ObjectKey key)
    {
        lock (gate)
        {
            Note("watch", resource, key);
            var from = string.IsNullOrEmpty(options.ResourceVersion) ? 0 : long.Parse(options.ResourceVersion, CultureInfo.InvariantCulture);
            if (from < compacted)
                throw Errors.Gone();
            var watcher = new Watcher(resource, Channel.CreateUnbounded<Change>());
            foreach (var change in history.Where(c => c.Resource == resource && c.Revision > from && !held.Contains(c)))
                watcher.Changes.Writer.TryWrite(change);
            watchers.Add(watcher);
            return watcher;
        }
    }

    private void Publish(GroupVersionResource resource, StoredObject? old, StoredObject stored, bool gone = false)
    {
        var change = new Change(revision, resource, old, stored, gone);
        history.Add(change);
        if (holding)
            held.Add(change);
        else
            Tell(change);
    }

    private void Tell(Change change)
    {
        foreach (var watcher in watchers)
        {
            if (watcher.Resource == change.Resource)
                watcher.Changes.Writer.TryWrite(change);
        }
    }

    /// <summary>As seen through selectors: an object may come into view, or leave it, without being created or deleted.</summary>
    private static WatchEventType? Classify(Change change, FakeSelectors selectors)
    {
        var before = change.Old is not null && selectors.Match(change.Old);
        var after = !change.Gone && selectors.Match(change.New);
        return (before, after) switch
        {
            (false, true) => WatchEventType.Added,
            (true, true) => WatchEventType.Modified,
            (true, false) => WatchEventType.Deleted,
            _ => null,
        };
    }
}
