using System.Text.Json;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Causes;

/// <summary>Follows causes through the store's history: each write names the revisions that triggered it.</summary>
internal sealed class CauseWalker(IKeyValueStore store, ResourceRegistry resources)
{
    /// <summary>Longer chains are cut: a person reads this.</summary>
    private const int MaxLinks = 64;

    /// <summary>Of the writes before the latest this many only its creation is told.</summary>
    private const int MaxWrites = 32;

    private const string Registry = "/registry/";

    /// <summary>
    /// The kept writes of an object, newest first; also of an object that is gone. Of many, the latest ones and its creation.
    /// Truncated when what is before the last of them is no longer kept.
    /// </summary>
    public async Task<(List<CauseLink> Writes, bool Truncated)> WritesAsync(string key, CancellationToken cancellationToken)
    {
        var writes = new List<CauseLink>();
        var current = (await store.GetAsync(key, 0, cancellationToken)).KeyValue;
        if (current is null && await LastDeletionAsync(key, 0, cancellationToken) is { } grave)
        {
            writes.Add(Deleted(key, grave));
            current = await ReadAsync(key, grave.ModRevision - 1, cancellationToken);
            if (current is null)
                return (writes, true);
        }

        while (current is not null)
        {
            writes.Add(Written(key, current, 0));
            if (current.ModRevision == current.CreateRevision)
                return (writes, false);
            var next = writes.Count < MaxWrites ? current.ModRevision - 1 : current.CreateRevision;
            current = await ReadAsync(key, next, cancellationToken);
        }

        return (writes, writes.Count > 0);
    }

    /// <summary>The write of an object at a revision. Null: there was none, or it is no longer kept.</summary>
    public async Task<CauseLink?> WriteAtAsync(string key, long revision, CancellationToken cancellationToken) =>
        await ReadAsync(key, revision, cancellationToken) is { } item && item.ModRevision == revision ? Written(key, item, 0) : null;

    /// <summary>The chain from one write down to its roots, depth first.</summary>
    public async Task<(List<CauseLink> Links, bool Truncated)> ChainAsync(CauseLink start, CancellationToken cancellationToken)
    {
        var links = new List<CauseLink>();
        var seen = new HashSet<long> { start.Revision };
        var open = new Stack<CauseLink>([start]);
        var truncated = false;
        while (open.TryPop(out var link))
        {
            if (links.Count == MaxLinks)
                return (links, true);
            links.Add(link);
            var triggers = TriggersOf(link);
            for (var i = triggers.Count - 1; i >= 0; i--)
            {
                if (triggers[i] >= link.Revision || !seen.Add(triggers[i]))
                    continue;
                if (await AtRevisionAsync(triggers[i], cancellationToken) is { } trigger)
                    open.Push(trigger with { Depth = link.Depth + 1 });
                else
                    truncated = true;
            }
        }

        return (links, truncated);
    }

    private static List<long> TriggersOf(CauseLink link)
    {
        var triggers = new List<long>();
        if (link.By?.Cause is { } cause && cause.TryGetProperty("triggers", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in list.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var revision))
                    triggers.Add(revision);
            }
        }

        return triggers;
    }

    /// <summary>The write that took a revision. Null when that is no longer kept, or was no write of an object.</summary>
    private async Task<CauseLink?> AtRevisionAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var batch in store.WatchAsync(Registry, revision, cancellationToken))
            {
                if (batch.Revision != revision || batch.Changes.Count == 0)
                    return null;
                var change = batch.Changes[0];
                if (change.Current is { } current)
                    return current.Fault is null ? Written(change.Key, current, 0) : null;
                return await LastDeletionAsync(change.Key, revision, cancellationToken) is { } grave ? Deleted(change.Key, grave) : null;
            }
        }
        catch (StoreException error) when (error.Error == StoreError.Compacted)
        {
            // Too long ago: the chain ends here.
        }

        return null;
    }

    private async Task<KeyValue?> ReadAsync(string key, long revision, CancellationToken cancellationToken)
    {
        try
        {
            return (await store.GetAsync(key, revision, cancellationToken)).KeyValue;
        }
        catch (StoreException error) when (error.Error is StoreError.Compacted or StoreError.FutureRevision)
        {
            return null;
        }
    }

    /// <param name="revision">Of the deletion; 0 takes the latest.</param>
    private async Task<KeyValue?> LastDeletionAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var graves = await store.RangeAsync(new RangeRequest { Prefix = CauseLog.PrefixOf(key) }, cancellationToken);
        KeyValue? last = null;
        foreach (var grave in graves.Items)
        {
            if (revision == 0 ? last is null || grave.ModRevision > last.ModRevision : grave.ModRevision == revision)
                last = grave;
        }

        return last;
    }

    private CauseLink Written(string key, KeyValue item, int depth)
    {
        var value = item.Value.Span;
        return new CauseLink
        {
            Object = NameOf(key),
            Uid = new ApiObject(StoredEnvelope.Json(value).ToArray()).Uid,
            Revision = item.ModRevision,
            Change = item.ModRevision == item.CreateRevision ? "created" : "modified",
            Depth = depth,
            By = Read(StoredEnvelope.Cause(value)),
        };
    }

    private CauseLink Deleted(string key, KeyValue grave) => new()
    {
        Object = NameOf(key),
        Uid = grave.Key[(grave.Key.LastIndexOf('/') + 1)..],
        Revision = grave.ModRevision,
        Change = "deleted",
        By = Read(grave.Value.Span),
    };

    private static CauseRecord? Read(ReadOnlySpan<byte> json) =>
        json.IsEmpty ? null : JsonSerializer.Deserialize(json, CauseJsonContext.Default.CauseRecord);

    /// <summary>A key in the form causes name objects: with the version, and without the registry.</summary>
    private string NameOf(string key)
    {
        foreach (var definition in resources.All)
        {
            if (definition.IsStored && key.StartsWith(definition.KeyPrefix, StringComparison.Ordinal))
                return $"{definition.Resource.ApiVersion}/{definition.Names.Plural}/{key[definition.KeyPrefix.Length..]}";
        }

        return key[Registry.Length..];
    }
}
