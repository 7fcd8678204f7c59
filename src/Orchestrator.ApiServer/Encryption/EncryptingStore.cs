using System.Runtime.CompilerServices;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Encryption;

/// <summary>
/// Keeps secrets encrypted in whatever store lies below, history included: values under <see cref="Prefixes"/> are sealed when they
/// are written and opened when they are read or watched. Above, everything is plain. Values that were written before encryption are
/// read as they are, until <see cref="RewriteAsync"/>.
/// </summary>
/// <remarks>
/// A value that does not open is an error for who asks for it alone (<see cref="StoreError.Corrupt"/>). Among others, in a range, a
/// watch or the answer to a failed condition, it comes sealed and with its <see cref="KeyValue.Fault"/>: one such value must not hide
/// the others.
/// </remarks>
public sealed class EncryptingStore : IKeyValueStore
{
    /// <summary>What is encrypted: Secrets, as kube-apiserver's users usually choose.</summary>
    private static readonly string[] Prefixes = ["/registry/secrets/"];

    /// <summary>A rewrite gives up after this many looks at all there is: then others go on writing with older keys.</summary>
    private const int MaxPasses = 10;

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
        {
            foreach (var item in (await store.RangeAsync(new RangeRequest { Prefix = prefix }, cancellationToken)).Items)
                Require(item);
        }

        return store;
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => inner.GetRevisionAsync(cancellationToken);

    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var result = await inner.GetAsync(key, revision, cancellationToken);
        return IsSecret(key) && result.KeyValue is { } item ? result with { KeyValue = Require(Open(item)) } : result;
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
    public Task<EncryptionStatus> CountAsync(CancellationToken cancellationToken) => VisitAsync(rewritten: 0, cancellationToken);

    /// <summary>
    /// Seals with the newest key whatever is not. Objects keep their contents and get a new resourceVersion. The history keeps the old
    /// forms until it is compacted.
    /// </summary>
    /// <returns>What was there at the end: where others go on writing with older keys, some of theirs.</returns>
    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/> names an object that does not open. All others are done.</exception>
    public async Task<EncryptionStatus> RewriteAsync(CancellationToken cancellationToken)
    {
        var rewritten = 0L;
        for (var pass = 1; ; pass++)
        {
            // What somebody else wrote meanwhile may be sealed with any key, so only a look at all there is tells that it is done.
            var written = await RewriteOnceAsync(cancellationToken);
            rewritten += written.Count;
            if (written.IsComplete || pass == MaxPasses)
                return await VisitAsync(rewritten, cancellationToken);
        }
    }

    private async Task<(long Count, bool IsComplete)> RewriteOnceAsync(CancellationToken cancellationToken)
    {
        var newest = keys.Newest().Id;
        var (count, isComplete) = (0L, true);
        KeyValue? closed = null;
        foreach (var prefix in Prefixes)
        {
            var range = await inner.RangeAsync(new RangeRequest { Prefix = prefix }, cancellationToken);
            foreach (var item in range.Items.Where(item => SealedValue.KeyIdOf(item.Value.Span) != newest))
            {
                var open = Open(item);
                if (open.Fault is not null)
                {
                    closed = open;
                    continue;
                }

                isComplete = false;
                if ((await CommitAsync(StoreTransaction.Update(item.Key, item.ModRevision, open.Value, item.LeaseId), cancellationToken)).Committed)
                    count++;
            }
        }

        return isComplete && closed is not null ? throw new StoreException(StoreError.Corrupt, closed.Fault!) : (count, isComplete);
    }

    private async Task<EncryptionStatus> VisitAsync(long rewritten, CancellationToken cancellationToken)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var prefix in Prefixes)
        {
            var range = await inner.RangeAsync(new RangeRequest { Prefix = prefix }, cancellationToken);
            foreach (var item in range.Items)
            {
                var id = SealedValue.KeyIdOf(item.Value.Span) ?? "";
                counts[id] = counts.GetValueOrDefault(id) + 1;
            }
        }

        return new EncryptionStatus(keys.Newest().Id, counts, rewritten);
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
        var plain = SealedValue.TryOpen(item.Key, item.Value.Span, id, keys, out var fault);
        return plain is null ? item with { Fault = fault } : item with { Value = plain };
    }

    /// <exception cref="StoreException"><see cref="StoreError.Corrupt"/>: it has not opened.</exception>
    private static KeyValue Require(KeyValue item) => item.Fault is null ? item : throw new StoreException(StoreError.Corrupt, item.Fault);

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
