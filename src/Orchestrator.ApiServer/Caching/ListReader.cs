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

    /// <summary>Rows of history that a list with a selector reads at a time: from this, doubled until <see cref="MaxPortion"/>.</summary>
    private const int MinPortion = 500;

    private const int MaxPortion = 10_000;

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
        if (!hub.Of(definition).TryReadUnchangedSince(revision, out var entries))
            return await ReadPastAsync(definition, filter, revision, limit, after, cancellationToken);
        // Unchanged since: now is the same as then. Any read at the revision tells whether the store still keeps it.
        await store.GetAsync(definition.KeyPrefix, revision, cancellationToken);
        return Page(entries, filter, revision, limit, after);
    }

    /// <summary>
    /// One page from the store's history, and no more of it than the page needs. What a selector leaves out has to be read to be left
    /// out: then in portions, until the page is full.
    /// </summary>
    private async ValueTask<ListPage> ReadPastAsync(
        ResourceDefinition definition, EntryFilter filter, long revision, int limit, string? after, CancellationToken cancellationToken)
    {
        var entries = new List<CacheEntry>();
        long bytes = 0;
        var portion = filter.IsPlain ? limit : limit == 0 ? MaxPortion : Math.Clamp(limit, MinPortion, MaxPortion);
        while (true)
        {
            var range = await store.RangeAsync(
                new RangeRequest
                {
                    Prefix = definition.KeyPrefix + filter.PathPrefix,
                    StartKey = after is null ? null : $"{definition.KeyPrefix}{after}\0",
                    Limit = portion,
                    Revision = revision,
                },
                cancellationToken);
            foreach (var item in range.Items)
            {
                var entry = CacheEntry.FromStored(definition, item.Key[definition.KeyPrefix.Length..], item);
                if (filter.IsPlain || filter.Matches(entry))
                {
                    if (limit > 0 && entries.Count == limit)
                        return new ListPage(entries, revision, new ContinueToken(revision, after!), null, bytes);
                    entries.Add(entry);
                    bytes += entry.Json.Length + 1;
                }

                after = entry.Path;
            }

            if (!range.More)
                return new ListPage(entries, revision, null, null, bytes);
            // With a selector nobody knows whether any of the rest matches: the next page may be the last, and empty.
            if (limit > 0 && entries.Count == limit)
                return new ListPage(entries, revision, new ContinueToken(revision, after!), filter.IsPlain ? range.Count - range.Items.Count : null, bytes);
            portion = Math.Min(portion * 2, MaxPortion);
        }
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
