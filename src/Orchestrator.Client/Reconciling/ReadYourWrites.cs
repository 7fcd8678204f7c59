using Orchestrator.Api;
using Orchestrator.Client.Informers;

namespace Orchestrator.Client.Reconciling;

/// <summary>
/// Keeps a reconciler from acting on caches older than its own last write of the same key: what it created it would create again,
/// what it deleted it would miss. Kubernetes counts expected events for this; comparing revisions needs no counting and survives
/// lost events.
/// </summary>
internal sealed class ReadYourWrites(InformerFactory informers)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, WriteSet> written = [];

    public void Remember(ObjectKey key, WriteSet writes)
    {
        if (writes.IsEmpty)
            return;
        lock (gate)
            written[key] = writes;
    }

    /// <summary>Forgets what was written for a key: after a wait so long that the caches must be taken as they are.</summary>
    public void Forget(ObjectKey key)
    {
        lock (gate)
            written.Remove(key);
    }

    /// <summary>Whether the caches show all that was written for the key. If not, <paramref name="caughtUp"/> is called once they may.</summary>
    public bool IsCurrent(ObjectKey key, Action caughtUp)
    {
        WriteSet? writes;
        lock (gate)
        {
            if (!written.TryGetValue(key, out writes))
                return true;
        }

        var (revisions, deletions) = writes.Copy();
        foreach (var (kind, revision) in revisions)
        {
            if (informers.Cached(kind) is { } cache && cache.Revision < revision)
            {
                cache.WhenAtLeast(revision, caughtUp);
                return false;
            }
        }

        foreach (var deletion in deletions)
        {
            // Read before the object: a change between the two must be noticed.
            if (informers.Cached(deletion.Kind) is { } cache && cache.Revision is var seen && IsStillThere(cache, deletion))
            {
                cache.WhenAtLeast(seen + 1, caughtUp);
                return false;
            }
        }

        Forget(key);
        return true;
    }

    private static bool IsStillThere(IRunnableInformer cache, WriteSet.Deletion deletion) =>
        cache.FindObject(deletion.Key) is { } item && !item.IsBeingDeleted() && (deletion.Uid is null || item.Metadata.Uid == deletion.Uid);
}
