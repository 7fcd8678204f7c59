using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Caching;

/// <summary>Part of a kind's objects, as of one revision.</summary>
/// <param name="Continue">Null on the last page.</param>
/// <param name="Remaining">Objects behind this page; null when unknown (selectors) or none.</param>
internal sealed record ListPage(List<CacheEntry> Entries, long Revision, ContinueToken? Continue, long? Remaining, long TotalBytes);

/// <summary>Answers lists with exact resourceVersion semantics: from the cache wherever that gives the same answer as the store.</summary>
internal sealed class ListReader(IKeyValueStore store, CacheHub hub)
{
    /// <summary>How long a read waits for the cache to reach a revision. kube-apiserver's blockTimeout.</summary>
    private static readonly TimeSpan FreshnessTimeout = TimeSpan.FromSeconds(3);

    public async ValueTask<ListPage> ReadAsync(ResourceDefinition definition, EntryFilter filter, ListRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Continue is { } token)
                return await ReadExactAsync(definition, filter, token.Revision, request.Limit, token.Path, cancellationToken);
            if (request.Match == VersionMatch.Exact || (request is { Limit: > 0, Match: VersionMatch.Unset, Version: > 0 }))
                return await ReadExactAsync(definition, filter, request.Version!.Value, request.Limit, null, cancellationToken);
            await WaitAsync(request.Version, cancellationToken);
            var (entries, revision, _) = hub.Of(definition).Read(hub.Progress);
            return Page(entries, filter, revision, request.Limit, null);
        }
        catch (StoreException error)
        {
            throw error.Error == StoreError.Compacted && request.Continue is not null
                ? ApiErrors.Expired("The provided continue parameter is too old to display a consistent list result. You must start a new list without the continue parameter.")
                : StoreFailures.ToApi(error);
        }
    }

    /// <summary>Waits until the cache is as new as asked for: null means as new as the store.</summary>
    public async ValueTask WaitAsync(long? version, CancellationToken cancellationToken)
    {
        await hub.WaitUntilFilledAsync(cancellationToken);
        var wanted = version ?? await store.GetRevisionAsync(cancellationToken);
        if (wanted > hub.Progress && !await hub.WaitForAsync(wanted, FreshnessTimeout, cancellationToken))
            throw TooLarge(wanted, hub.Progress);
    }

    private async ValueTask<ListPage> ReadExactAsync(
        ResourceDefinition definition, EntryFilter filter, long revision, int limit, string? after, CancellationToken cancellationToken)
    {
        await WaitAsync(revision, cancellationToken);
        // Unchanged since: now is the same as then. The store checks that the revision is still kept either way.
        if (hub.Of(definition).TryReadUnchangedSince(revision, out var entries) && revision >= await store.GetCompactedRevisionAsync(cancellationToken))
            return Page(entries, filter, revision, limit, after);

        var range = await store.RangeAsync(new RangeRequest { Prefix = definition.KeyPrefix + filter.PathPrefix, Revision = revision }, cancellationToken);
        var tree = new EntryTree();
        foreach (var item in range.Items)
            tree.Set(CacheEntry.FromStored(definition, item.Key[definition.KeyPrefix.Length..], item.ModRevision, item.Value.Span));
        return Page(tree.Snapshot(), filter, revision, limit, after);
    }

    private static ListPage Page(EntrySnapshot snapshot, EntryFilter filter, long revision, int limit, string? after)
    {
        var entries = new List<CacheEntry>(limit > 0 ? Math.Min(limit, snapshot.Count) : snapshot.Count);
        long bytes = 0;
        long remaining = 0;
        foreach (var entry in snapshot.From(filter.PathPrefix, after))
        {
            if (!filter.IsPlain && !filter.Matches(entry))
                continue;
            if (limit > 0 && entries.Count == limit)
            {
                remaining++;
                if (!filter.IsPlain)
                    break;
                continue;
            }

            entries.Add(entry);
            bytes += entry.Json.Length + 1;
        }

        var next = remaining > 0 ? new ContinueToken(revision, entries[^1].Path) : null;
        return new ListPage(entries, revision, next, remaining > 0 && filter.IsPlain ? remaining : null, bytes);
    }

    public static Api.Errors.ApiException TooLarge(long wanted, long current) =>
        ApiErrors.Make(504, Api.Errors.StatusReason.Timeout, $"Timeout: Too large resource version: {wanted}, current: {current}", new()
        {
            RetryAfterSeconds = 1,
            Causes = [new() { Reason = "ResourceVersionTooLarge", Message = "Too large resource version" }],
        });
}
