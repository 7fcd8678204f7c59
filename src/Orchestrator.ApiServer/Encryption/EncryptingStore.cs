using System.Runtime.CompilerServices;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>
/// Keeps secrets encrypted in whatever store lies below, history included: values under <see cref="Prefixes"/> are sealed when they
/// are written and opened when they are read or watched. Above, everything is plain. Values that were written before encryption are
/// read as they are, until <see cref="RewriteAsync"/>.
/// </summary>
public sealed class EncryptingStore : IKeyValueStore
{
    /// <summary>What is encrypted: Secrets, as kube-apiserver's users usually choose.</summary>
    private static readonly string[] Prefixes = ["/registry/secrets/"];

    private readonly IKeyValueStore inner;
    private readonly KeyRing keys;

    private EncryptingStore(IKeyValueStore inner, KeyRing keys)
    {
        this.inner = inner;
        this.keys = keys;
    }

    /// <summary>Puts encryption before a store, and checks that everything in it can be opened. Owns the store from then on.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/> names the object and the key that do not fit.</exception>
    /// <exception cref="InvalidDataException">The file holds no keys, or others may read it.</exception>
    public static async Task<EncryptingStore> OpenAsync(IKeyValueStore inner, string keyFile, CancellationToken cancellationToken)
    {
        var store = new EncryptingStore(inner, new KeyRing(keyFile));
        foreach (var prefix in Prefixes)
            await store.RangeAsync(new RangeRequest { Prefix = prefix }, cancellationToken);
        return store;
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => inner.GetRevisionAsync(cancellationToken);

    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var result = await inner.GetAsync(key, revision, cancellationToken);
        return IsSecret(key) && result.KeyValue is { } item ? result with { KeyValue = Open(item) } : result;
    }

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var result = await inner.RangeAsync(request, cancellationToken);
        if (request.KeysOnly || request.CountOnly || !MayHoldSecrets(request.Prefix))
            return result;
        return result with { Items = OpenAll(result.Items) };
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var result = await inner.CommitAsync(Seal(transaction), cancellationToken);
        for (var i = 0; i < result.Current.Count; i++)
        {
            if (result.Current[i] is { } item && IsSecret(item.Key))
                return result with { Current = [.. result.Current.Select(one => one is null ? null : Open(one))] };
        }

        return result;
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var opens = MayHoldSecrets(prefix);
        await foreach (var batch in inner.WatchAsync(prefix, fromRevision, cancellationToken))
            yield return opens ? Open(batch) : batch;
    }

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) => inner.RequestProgressAsync(prefix, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) => inner.GetCompactedRevisionAsync(cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) => inner.GetStatusAsync(cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => inner.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => inner.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(leaseId, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    /// <summary>Counts the present objects by the key they are sealed with.</summary>
    public Task<EncryptionStatus> CountAsync(CancellationToken cancellationToken) => VisitAsync(rewrite: false, cancellationToken);

    /// <summary>
    /// Seals with the newest key whatever is not. Objects keep their contents and get a new resourceVersion. One that somebody else
    /// writes meanwhile is left to that write. The history keeps the old forms until it is compacted.
    /// </summary>
    public Task<EncryptionStatus> RewriteAsync(CancellationToken cancellationToken) => VisitAsync(rewrite: true, cancellationToken);

    private async Task<EncryptionStatus> VisitAsync(bool rewrite, CancellationToken cancellationToken)
    {
        var newest = keys.Newest().Id;
        var rewritten = 0L;
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var prefix in Prefixes)
        {
            var range = await inner.RangeAsync(new RangeRequest { Prefix = prefix }, cancellationToken);
            foreach (var item in range.Items)
            {
                var id = SealedValue.KeyIdOf(item.Value.Span) ?? "";
                if (rewrite && id != newest)
                {
                    var update = StoreTransaction.Update(item.Key, item.ModRevision, Open(item).Value, item.LeaseId);
                    if ((await CommitAsync(update, cancellationToken)).Committed)
                        rewritten++;
                    id = newest;
                }

                counts[id] = counts.GetValueOrDefault(id) + 1;
            }
        }

        return new EncryptionStatus(newest, counts, rewritten);
    }

    private StoreTransaction Seal(StoreTransaction transaction)
    {
        StoreChange[]? changes = null;
        for (var i = 0; i < transaction.Changes.Count; i++)
        {
            var change = transaction.Changes[i];
            if (change.Value is not { } plain || !IsSecret(change.Key))
                continue;
            var (id, secret) = keys.Newest();
            changes ??= [.. transaction.Changes];
            changes[i] = change with { Value = SealedValue.Seal(change.Key, plain.Span, id, secret) };
        }

        return changes is null ? transaction : transaction with { Changes = changes };
    }

    private WatchBatch Open(WatchBatch batch)
    {
        WatchChange[]? changes = null;
        for (var i = 0; i < batch.Changes.Count; i++)
        {
            var change = batch.Changes[i];
            if (!IsSecret(change.Key))
                continue;
            changes ??= [.. batch.Changes];
            changes[i] = new WatchChange(change.Key, change.Current is { } current ? Open(current) : null, change.Previous is { } previous ? Open(previous) : null);
        }

        return changes is null ? batch : batch with { Changes = changes };
    }

    private IReadOnlyList<KeyValue> OpenAll(IReadOnlyList<KeyValue> items)
    {
        KeyValue[]? opened = null;
        for (var i = 0; i < items.Count; i++)
        {
            if (!IsSecret(items[i].Key))
                continue;
            opened ??= [.. items];
            opened[i] = Open(items[i]);
        }

        return opened ?? items;
    }

    private KeyValue Open(KeyValue item)
    {
        if (!IsSecret(item.Key) || SealedValue.KeyIdOf(item.Value.Span) is not { } id)
            return item;
        return item with { Value = SealedValue.Open(item.Key, item.Value.Span, id, keys) };
    }

    private static bool IsSecret(string key)
    {
        foreach (var prefix in Prefixes)
        {
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    private static bool MayHoldSecrets(string prefix)
    {
        foreach (var secret in Prefixes)
        {
            if (secret.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(secret, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
