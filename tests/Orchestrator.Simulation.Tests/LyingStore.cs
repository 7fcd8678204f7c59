using System.Runtime.CompilerServices;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Tests;

/// <summary>A store that breaks its contract once, at the n-th chance; 0 never.</summary>
internal sealed class LyingStore(IKeyValueStore inner) : IKeyValueStore
{
    private int writes;
    private int batches;
    private int reads;
    private int ranges;
    private int gets;
    private int writesOfLateKey;
    private StoreTransaction? late;

    public int LosesWrite { get; init; }

    public int GarblesWrite { get; init; }

    public int SkipsBatch { get; init; }

    public int RepeatsBatch { get; init; }

    public int GarblesBatch { get; init; }

    public int ReadsBack { get; init; }

    public int GarblesRange { get; init; }

    public int GarblesGet { get; init; }

    /// <summary>Behind this write another one, of the same key, that nobody asked for.</summary>
    public int InventsWrite { get; init; }

    /// <summary>It answers no write.</summary>
    public bool IsMute { get; init; }

    /// <summary>The second write of this key fails and is done behind the fourth, as the contract allows if its conditions hold then.</summary>
    public string? LateKey { get; init; }

    public bool ForgetsConditions { get; init; }

    /// <summary>Writes of this key overwrite whatever is there.</summary>
    public string? UnconditionalKey { get; init; }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        writes++;
        if (IsMute)
            return await new TaskCompletionSource<CommitResult>().Task;
        if (writes == LosesWrite)
            return new CommitResult(true, await inner.GetRevisionAsync(cancellationToken) + 1, []);
        if (writes == GarblesWrite)
            transaction = transaction with { Changes = [.. transaction.Changes.Select(change => change with { Value = change.Value is { } value ? Garbled(value) : null })] };
        if (transaction.Changes.Any(change => change.Key == UnconditionalKey))
            transaction = transaction with { Conditions = [] };
        if (writes == InventsWrite && transaction.Changes[0] is { Value: { } asked, Key: var key })
        {
            var result = await inner.CommitAsync(transaction, cancellationToken);
            await inner.CommitAsync(new StoreTransaction([], [StoreChange.Put(key, Garbled(asked))]), cancellationToken);
            return result;
        }

        return transaction.Changes.Any(change => change.Key == LateKey)
            ? await CommitLateKeyAsync(transaction, cancellationToken)
            : await inner.CommitAsync(transaction, cancellationToken);
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in inner.WatchAsync(prefix, fromRevision, cancellationToken))
        {
            var number = batch.Changes.Count > 0 ? ++batches : 0;
            if (number > 0 && number == SkipsBatch)
                continue;
            yield return number > 0 && number == GarblesBatch ? batch with { Changes = [.. batch.Changes.Select(change => change with { Current = Garbled(change.Current) })] } : batch;
            if (number > 0 && number == RepeatsBatch)
                yield return batch;
        }
    }

    public async ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        var revision = await inner.GetRevisionAsync(cancellationToken);
        return ++reads == ReadsBack ? revision - 1 : revision;
    }

    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var result = await inner.GetAsync(key, revision, cancellationToken);
        return result.KeyValue is not null && ++gets == GarblesGet ? result with { KeyValue = Garbled(result.KeyValue) } : result;
    }

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var result = await inner.RangeAsync(request, cancellationToken);
        return result.Items.Count > 0 && ++ranges == GarblesRange ? result with { Items = [.. result.Items.Skip(1)] } : result;
    }

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) => inner.RequestProgressAsync(prefix, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => inner.CompactAsync(revision, cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) => inner.GetStatusAsync(cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) => inner.GetCompactedRevisionAsync(cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) => inner.GrantLeaseAsync(timeToLive, cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) => inner.KeepLeaseAliveAsync(leaseId, cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) => inner.RevokeLeaseAsync(leaseId, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static KeyValue? Garbled(KeyValue? item) => item is null ? null : item with { Value = Garbled(item.Value) };

    private static byte[] Garbled(ReadOnlyMemory<byte> value) => [.. value.Span, (byte)' '];

    private async ValueTask<CommitResult> CommitLateKeyAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        if (++writesOfLateKey == 2)
        {
            late = transaction;
            throw new StoreException(StoreError.Unavailable, "the write is late");
        }

        var result = await inner.CommitAsync(transaction, cancellationToken);
        if (writesOfLateKey == 4)
            await inner.CommitAsync(ForgetsConditions ? late! with { Conditions = [] } : late!, cancellationToken);
        return result;
    }
}
