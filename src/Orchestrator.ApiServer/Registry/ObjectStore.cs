using System.Collections.Concurrent;
using Orchestrator.Api.Errors;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Causes;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Validation;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Registry;

/// <summary>An object as it was read: its bytes as they are sent, and the revision to compare with when it is replaced.</summary>
internal sealed record StoredObject(byte[] Json, long Revision, bool FromCache)
{
    public ApiObject Open() => new(Json);
}

/// <summary>Objects in the key-value store: one key each, with the cause of the last write beside the object.</summary>
internal sealed class ObjectStore(IKeyValueStore store, CacheHub hub, CauseLog causes, TimeProvider time)
{
    /// <summary>Objects with a time to live may live this much longer.</summary>
    private static readonly TimeSpan LeaseShare = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<TimeSpan, SharedLease> leases = new();

    /// <summary>What the cache holds, at most a moment old; else what the store holds.</summary>
    public async ValueTask<StoredObject?> GetCachedOrLatestAsync(ResourceDefinition definition, string @namespace, string name, CancellationToken cancellationToken)
    {
        if (hub.Of(definition).Find(PathOf(@namespace, name)) is { Fault: null } entry)
            return new StoredObject(entry.Json, entry.Revision, FromCache: true);
        return await GetLatestAsync(definition, @namespace, name, cancellationToken);
    }

    /// <summary>What the store holds now. The cache answers when it is known to be as new as the store.</summary>
    public async ValueTask<StoredObject?> GetLatestAsync(ResourceDefinition definition, string @namespace, string name, CancellationToken cancellationToken)
    {
        try
        {
            var revision = await store.GetRevisionAsync(cancellationToken);
            if (hub.Progress >= revision)
            {
                var entry = hub.Of(definition).Find(PathOf(@namespace, name));
                return entry is null ? null : new StoredObject(entry.Json, entry.Revision, FromCache: false);
            }

            var found = await store.GetAsync(definition.Key(@namespace, name), 0, cancellationToken);
            return found.KeyValue is { } item ? Open(definition, @namespace, name, item) : null;
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }
    }

    /// <summary>Stores a new object. Null: the name is taken.</summary>
    public async ValueTask<StoredObject?> CreateAsync(ResourceDefinition definition, RequestContext context, ApiObject item, CancellationToken cancellationToken)
    {
        var json = Stored(definition, item);
        var value = StoredEnvelope.Encode(json.Span, causes.Describe(context, null));
        var key = definition.Key(item.Namespace, item.Name);
        var result = await CommitAsync(definition, lease => StoreTransaction.Create(key, value, lease), cancellationToken);
        return result.Committed ? Sent(item.Bytes.Span, result.Revision) : null;
    }

    /// <summary>Replaces an object. Null: another writer was faster; read again.</summary>
    public async ValueTask<StoredObject?> UpdateAsync(
        ResourceDefinition definition, RequestContext context, ApiObject item, StoredObject current, IReadOnlyList<string> changed, CancellationToken cancellationToken)
    {
        var json = Stored(definition, item);
        var value = StoredEnvelope.Encode(json.Span, causes.Describe(context, changed));
        var key = definition.Key(item.Namespace, item.Name);
        var result = await CommitAsync(definition, lease => StoreTransaction.Update(key, current.Revision, value, lease), cancellationToken);
        return result.Committed ? Sent(item.Bytes.Span, result.Revision) : null;
    }

    /// <summary>Removes an object, and leaves the cause of that behind. Null: another writer was faster.</summary>
    public async ValueTask<long?> DeleteAsync(
        ResourceDefinition definition, RequestContext context, ApiObject item, StoredObject current, CancellationToken cancellationToken)
    {
        var key = definition.Key(item.Namespace, item.Name);
        var deletion = StoreTransaction.Delete(key, current.Revision);
        CommitResult result;
        try
        {
            result = await CommitAsync(() => causes.CommitDeletionAsync(context, key, item, deletion, cancellationToken));
        }
        catch (ApiException error) when (StoreFailures.IsNoSpace(error))
        {
            // A full store takes deletions only, and needs them: this one leaves no cause behind.
            result = await CommitAsync(() => store.CommitAsync(deletion, cancellationToken));
        }

        return result.Committed ? result.Revision : null;
    }

    /// <summary>
    /// Removes an object that cannot be read. Nobody knows what it was, so nothing is asked of its finalizers and its kind's rules, and
    /// it leaves no cause behind.
    /// </summary>
    /// <returns>Null: another writer was faster. False: it can be read.</returns>
    /// <exception cref="ApiException">404: it is not there.</exception>
    public async ValueTask<bool?> DeleteUnreadableAsync(ResourceDefinition definition, string @namespace, string name, CancellationToken cancellationToken)
    {
        var key = definition.Key(@namespace, name);
        RangeResult found;
        try
        {
            found = await store.RangeAsync(new RangeRequest { Prefix = key, Limit = 1 }, cancellationToken);
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApi(error);
        }

        if (found.Items is not [var item] || item.Key != key)
            throw ApiErrors.NotFound(definition.Resource, name);
        if (CacheEntry.FromStored(definition, PathOf(@namespace, name), item).Fault is null)
            return false;
        // The revision was read with the value: what somebody has mended meanwhile stays.
        return (await CommitAsync(() => store.CommitAsync(StoreTransaction.Delete(key, item.ModRevision), cancellationToken))).Committed ? true : null;
    }

    /// <summary>Writes under the lease of the kind's time to live, if it has one.</summary>
    private ValueTask<CommitResult> CommitAsync(ResourceDefinition definition, Func<long, StoreTransaction> transaction, CancellationToken cancellationToken)
    {
        if (definition.TimeToLive is not { } timeToLive)
            return CommitAsync(() => store.CommitAsync(transaction(0), cancellationToken));
        var shared = leases.GetOrAdd(timeToLive, static (span, state) => new SharedLease(state.store, state.time, span, LeaseShare), (store, time));
        return CommitAsync(() => shared.CommitAsync(transaction, cancellationToken));
    }

    private static async ValueTask<CommitResult> CommitAsync(Func<ValueTask<CommitResult>> commit)
    {
        try
        {
            return await commit();
        }
        catch (StoreException error)
        {
            throw StoreFailures.ToApiForWrite(error);
        }
    }

    private static ReadOnlyMemory<byte> Stored(ResourceDefinition definition, ApiObject item) =>
        definition.Converter is { } converter ? Api.Documents.DocumentJson.Encode(converter.ToStored(item.Document)) : item.Bytes;

    private static StoredObject Sent(ReadOnlySpan<byte> json, long revision) => new(StoredEnvelope.WithVersion(json, revision), revision, FromCache: false);

    private static StoredObject Open(ResourceDefinition definition, string @namespace, string name, KeyValue item) =>
        new(CacheEntry.FromStored(definition, PathOf(@namespace, name), item).Json, item.ModRevision, FromCache: false);

    public static string PathOf(string @namespace, string name) => @namespace.Length == 0 ? name : $"{@namespace}/{name}";
}
