using Orchestrator.Storage.Leases;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Memory;

/// <summary>
/// The store in memory, for tests and simulation: every call completes before it returns, on the caller's thread, so a run
/// under a pumped scheduler and a fake clock is repeatable. Nothing survives the process.
/// </summary>
public sealed class MemoryStore : IKeyValueStore, IRevisionLog
{
    private readonly Lock gate = new();
    private readonly SortedSet<KeyHistory> keys = new(Comparer<KeyHistory>.Create(CompareKeys));
    private readonly Dictionary<string, KeyHistory> keysByName = new(StringComparer.Ordinal);
    private readonly Queue<WatchBatch> log = new();
    private readonly Dictionary<long, HashSet<string>> keysByLease = [];
    private readonly WatchOptions watchOptions;
    private readonly WatchHub hub;
    private readonly LeaseClock leases;
    private long revision = 1;
    private long compactedRevision;
    private long lastLeaseId;
    private bool disposed;

    public MemoryStore(TimeProvider? time = null, WatchOptions? watchOptions = null)
    {
        this.watchOptions = watchOptions ?? new WatchOptions();
        time ??= TimeProvider.System;
        hub = new WatchHub(this.watchOptions, time, revision);
        leases = new LeaseClock(time, Expire);
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => Run(() => revision, cancellationToken);

    public ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken) => Run(() => compactedRevision, cancellationToken);

    public ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken) =>
        Run(() => new GetResult(Find(key, ReadRevision(revision)), this.revision), cancellationToken);

    public ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken) =>
        Run(() => Range(request), cancellationToken);

    public ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken) =>
        Run(() => Commit(transaction), cancellationToken);

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
        LogWatch.RunAsync(hub, this, watchOptions, prefix, fromRevision, presentRevision: null, cancellationToken);

    public ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        hub.RequestProgress(prefix);
        return ValueTask.CompletedTask;
    }

    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken) =>
        await Run(() => Compact(revision), cancellationToken);

    public ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        Run(
            () =>
            {
                var bytes = keys.Sum(history => history.Bytes);
                return new StoreStatus(bytes, bytes, IsFull: false);
            },
            cancellationToken);

    public ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        return Run(() => Grant(timeToLive), cancellationToken);
    }

    public ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken) =>
        Run(() => leases.TryRenew(leaseId), cancellationToken);

    public ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken) =>
        Run(() => Revoke(leaseId), cancellationToken);

    public ValueTask DisposeAsync()
    {
        lock (gate)
            disposed = true;
        leases.Dispose();
        hub.Close(StoreErrors.Closed());
        hub.Dispose();
        return ValueTask.CompletedTask;
    }

    ValueTask<LogPage> IRevisionLog.ReadLogAsync(
        string prefix, long fromRevision, long toRevision, int maxRows, CancellationToken cancellationToken) =>
        Run(() => ReadLog(prefix, fromRevision, toRevision), cancellationToken);

    private ValueTask<T> Run<T>(Func<T> action, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return ValueTask.FromCanceled<T>(cancellationToken);
        try
        {
            lock (gate)
                return disposed ? ValueTask.FromException<T>(StoreErrors.Closed()) : ValueTask.FromResult(action());
        }
        catch (StoreException e)
        {
            return ValueTask.FromException<T>(e);
        }
    }

    /// <summary>Checks a revision a reader named; 0 becomes the present one.</summary>
    private long ReadRevision(long requested)
    {
        if (requested > revision)
            throw StoreErrors.FutureRevision(requested, revision);
        if (requested != 0 && requested < compactedRevision)
            throw StoreErrors.Compacted(requested, compactedRevision);
        return requested == 0 ? revision : requested;
    }

    private KeyValue? Find(string key, long atRevision) =>
        keysByName.TryGetValue(key, out var history) ? history.At(atRevision) : null;

    private RangeResult Range(RangeRequest request)
    {
        var atRevision = ReadRevision(request.Revision);
        var start = KeyOrder.Instance.Compare(request.StartKey, request.Prefix) > 0 ? request.StartKey! : request.Prefix;
        List<KeyValue> items = [];
        long count = 0;
        foreach (var value in ValuesFrom(start, request.Prefix, atRevision))
        {
            count++;
            if (!request.CountOnly && (request.Limit == 0 || items.Count < request.Limit))
                items.Add(request.KeysOnly ? value with { Value = default } : value);
        }
        return new RangeResult(items, revision, count, !request.CountOnly && count > items.Count);
    }

    private IEnumerable<KeyValue> ValuesFrom(string start, string prefix, long atRevision)
    {
        if (keys.Max is not { } last || KeyOrder.Instance.Compare(start, last.Key) > 0)
            yield break;
        foreach (var history in keys.GetViewBetween(new KeyHistory(start), last))
        {
            if (!history.Key.StartsWith(prefix, StringComparison.Ordinal))
                yield break;
            if (history.At(atRevision) is { } value)
                yield return value;
        }
    }

    private LogPage ReadLog(string prefix, long fromRevision, long toRevision)
    {
        if (fromRevision <= compactedRevision)
            throw StoreErrors.Compacted(fromRevision, compactedRevision);
        List<WatchBatch> batches = [];
        foreach (var batch in log)
        {
            if (batch.Revision >= fromRevision && batch.Revision <= toRevision && PrefixFilter.Apply(batch, prefix) is { } matching)
                batches.Add(matching);
        }
        return new LogPage(batches, toRevision + 1);
    }

    private CommitResult Commit(StoreTransaction transaction)
    {
        TransactionCheck.Validate(transaction);
        foreach (var condition in transaction.Conditions)
        {
            if ((Find(condition.Key, revision)?.ModRevision ?? 0) != condition.ModRevision)
                return new CommitResult(false, revision, transaction.Conditions.Select(each => Find(each.Key, revision)).ToArray());
        }
        foreach (var change in transaction.Changes)
        {
            if (change.LeaseId != 0 && !keysByLease.ContainsKey(change.LeaseId))
                throw StoreErrors.LeaseNotFound(change.LeaseId);
        }
        Apply(transaction.Changes);
        return new CommitResult(true, revision, []);
    }

    private void Apply(IEnumerable<StoreChange> changes)
    {
        List<WatchChange> applied = [];
        foreach (var change in changes)
        {
            if (Apply(change, revision + 1) is { } done)
                applied.Add(done);
        }
        if (applied.Count == 0)
            return;
        revision++;
        var batch = new WatchBatch(revision, applied);
        log.Enqueue(batch);
        hub.Publish([batch]);
    }

    private WatchChange? Apply(StoreChange change, long newRevision)
    {
        var previous = Find(change.Key, revision);
        if (change.Value is null && previous is null)
            return null;

        var current = change.Value is { } value
            ? new KeyValue(change.Key, value, previous?.CreateRevision ?? newRevision, newRevision, (previous?.Version ?? 0) + 1, change.LeaseId)
            : null;
        HistoryOf(change.Key).Append(newRevision, current);
        MoveLease(change.Key, previous?.LeaseId ?? 0, change.LeaseId);
        return new WatchChange(change.Key, current, previous);
    }

    private KeyHistory HistoryOf(string key)
    {
        if (!keysByName.TryGetValue(key, out var history))
        {
            history = new KeyHistory(key);
            keysByName.Add(key, history);
            keys.Add(history);
        }
        return history;
    }

    private void MoveLease(string key, long oldLeaseId, long newLeaseId)
    {
        if (oldLeaseId != 0 && keysByLease.TryGetValue(oldLeaseId, out var before))
            before.Remove(key);
        if (newLeaseId != 0)
            keysByLease[newLeaseId].Add(key);
    }

    private long Compact(long atRevision)
    {
        if (atRevision > revision)
            throw StoreErrors.FutureRevision(atRevision, revision);
        if (atRevision <= compactedRevision)
            return compactedRevision;

        compactedRevision = atRevision;
        while (log.TryPeek(out var batch) && batch.Revision <= atRevision)
        {
            foreach (var change in log.Dequeue().Changes)
                Forget(change.Key, atRevision);
        }
        return compactedRevision;
    }

    private void Forget(string key, long atRevision)
    {
        if (!keysByName.TryGetValue(key, out var history))
            return;
        history.Compact(atRevision);
        if (history.IsForgotten)
        {
            keysByName.Remove(key);
            keys.Remove(history);
        }
    }

    private long Grant(TimeSpan timeToLive)
    {
        var id = ++lastLeaseId;
        keysByLease.Add(id, []);
        leases.Add(id, timeToLive);
        return id;
    }

    private bool Revoke(long leaseId)
    {
        if (!keysByLease.Remove(leaseId, out var attached))
            return false;
        leases.Remove(leaseId);
        Apply(attached.Order(KeyOrder.Instance).Select(StoreChange.Delete));
        return true;
    }

    private void Expire(long leaseId)
    {
        lock (gate)
        {
            if (!disposed)
                Revoke(leaseId);
        }
    }

    private static int CompareKeys(KeyHistory left, KeyHistory right) => KeyOrder.Instance.Compare(left.Key, right.Key);
}
