using System.Runtime.CompilerServices;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Storage;

/// <summary>
/// One API server's connection to the store, with the faults that the contract allows: calls take their time, fail before or after
/// they took effect, and watches break or lag. What it delivers is right; when, and whether at all, is drawn from the seed.
/// </summary>
/// <param name="owner">The process that calls.</param>
/// <param name="engine">The process in which the store works.</param>
/// <param name="weakMoment">Called where a compaction does the most harm: between a list and its watch, and where a watch has lost its place.</param>
internal sealed class FaultyStore(
    IKeyValueStore inner, SimulatedProcess owner, SimulatedProcess engine, Random random, Func<StoreFaults> faults, IStoreObserver observer,
    Action weakMoment) : IKeyValueStore
{
    /// <summary>Keys of which a write may have been done without its caller having been told.</summary>
    private readonly HashSet<string> unanswered = [];

    private Pump Pump => owner.Pump;

    public async ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken)
    {
        var began = observer.ReadBegan();
        var revision = await CallAsync(() => inner.GetRevisionAsync(CancellationToken.None), cancellationToken);
        observer.ReadEnded(began, revision);
        return revision;
    }

    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var began = observer.ReadBegan();
        var result = await CallAsync(() => inner.GetAsync(key, revision, CancellationToken.None), cancellationToken);
        observer.ReadEnded(began, result.Revision);
        return result;
    }

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var began = observer.ReadBegan();
        var result = await CallAsync(() => inner.RangeAsync(request, CancellationToken.None), cancellationToken);
        observer.ReadEnded(began, result.Revision);
        return result;
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var result = await WriteAsync(
            () =>
            {
                observer.Committing(transaction);
                return inner.CommitAsync(transaction, CancellationToken.None);
            },
            cancellationToken,
            () => unanswered.UnionWith(transaction.Changes.Select(change => change.Key)));
        if (result.Committed)
            observer.Acknowledged(transaction, result.Revision);
        else if (transaction.Changes.Any(change => unanswered.Contains(change.Key)))
            Pump.Faults.Add(FaultKind.ConflictAfterUnanswered);
        return result;
    }

    public async IAsyncEnumerable<WatchBatch> WatchAsync(
        string prefix, long fromRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await CallAsync(() => ValueTask.FromResult(0L), cancellationToken);
        weakMoment();
        var watch = observer.WatchBegan(prefix, fromRevision);
        using var pipe = new WatchPipe(inner, owner, engine, random, faults, prefix, fromRevision, weakMoment);
        while (true)
        {
            var batch = await pipe.ReadAsync(cancellationToken);
            observer.Delivered(watch, batch);
            yield return batch;
        }
    }

    public async ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) =>
        await CallAsync(
            async () =>
            {
                await inner.RequestProgressAsync(prefix, CancellationToken.None);
                return 0L;
            },
            cancellationToken);

    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken) =>
        await CallAsync(
            async () =>
            {
                await inner.CompactAsync(revision, CancellationToken.None);
                return 0L;
            },
            cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        CallAsync(() => inner.GetStatusAsync(CancellationToken.None), cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) =>
        CallAsync(() => inner.GetCompactedRevisionAsync(CancellationToken.None), cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.GrantLeaseAsync(timeToLive, CancellationToken.None), cancellationToken);

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.KeepLeaseAliveAsync(leaseId, CancellationToken.None), cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) =>
        WriteAsync(() => inner.RevokeLeaseAsync(leaseId, CancellationToken.None), cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async ValueTask<T> CallAsync<T>(Func<ValueTask<T>> call, CancellationToken cancellationToken)
    {
        var settings = faults();
        var fails = random.NextDouble() < settings.FailedReads;
        await DelayAsync(settings, cancellationToken);
        if (fails)
        {
            Pump.Faults.Add(FaultKind.FailedRead);
            throw Unavailable();
        }

        var result = await call();
        await DelayAsync(settings, cancellationToken);
        return result;
    }

    /// <summary>A write goes on in the store's own process: neither its caller's death nor its cancellation takes it back.</summary>
    /// <param name="leftOpen">Called when the caller will not learn whether the write was done.</param>
    private async ValueTask<T> WriteAsync<T>(Func<ValueTask<T>> write, CancellationToken cancellationToken, Action? leftOpen = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var settings = faults();
        var fate = Fate(settings);
        if (fate == WriteFate.Done && random.NextDouble() >= settings.Delayed)
            return await write();
        Count(fate);
        if (fate is WriteFate.Unanswered or WriteFate.Late)
            leftOpen?.Invoke();
        var answer = new TaskCompletionSource<T>();
        Pump.After(Delay(settings), engine, () => Apply(write, fate, settings, answer));
        return await answer.Task.WaitAsync(cancellationToken);
    }

    private void Apply<T>(Func<ValueTask<T>> write, WriteFate fate, StoreFaults settings, TaskCompletionSource<T> answer)
    {
        if (fate is WriteFate.Lost or WriteFate.Late)
        {
            answer.TrySetException(Unavailable());
            if (fate == WriteFate.Late)
                Pump.After(Delay(settings), engine, () => _ = write());
            return;
        }

        // The memory store completes before it returns.
        var done = write().AsTask();
        Pump.After(Delay(settings), engine, () =>
        {
            if (fate == WriteFate.Unanswered)
                answer.TrySetException(Unavailable());
            else
                answer.TrySetFromTask(done);
        });
    }

    private void Count(WriteFate fate) => Pump.Faults.Add(fate switch
    {
        WriteFate.Lost => FaultKind.LostWrite,
        WriteFate.Unanswered => FaultKind.UnansweredWrite,
        WriteFate.Late => FaultKind.LateWrite,
        _ => FaultKind.DelayedCall,
    });

    private WriteFate Fate(StoreFaults settings)
    {
        var draw = random.NextDouble();
        if ((draw -= settings.LostWrites) < 0)
            return WriteFate.Lost;
        if ((draw -= settings.UnansweredWrites) < 0)
            return WriteFate.Unanswered;
        return draw - settings.LateWrites < 0 ? WriteFate.Late : WriteFate.Done;
    }

    private async ValueTask DelayAsync(StoreFaults settings, CancellationToken cancellationToken)
    {
        if (random.NextDouble() >= settings.Delayed)
            return;
        Pump.Faults.Add(FaultKind.DelayedCall);
        var over = new TaskCompletionSource();
        Pump.After(Delay(settings), engine, over.SetResult);
        await over.Task.WaitAsync(cancellationToken);
    }

    private TimeSpan Delay(StoreFaults settings) => settings.MaxDelay * (random.NextDouble() * random.NextDouble());

    private static StoreException Unavailable() => new(StoreError.Unavailable, "the simulated store does not answer");
}
