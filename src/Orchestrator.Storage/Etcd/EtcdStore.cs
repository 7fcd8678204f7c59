using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd.Wire;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// The store in an etcd v3 cluster, shared by any number of API servers.
/// </summary>
/// <remarks>
/// Reads are linearizable and are repeated at another member when one fails. A transaction is sent again only when it
/// certainly never left; otherwise its failure is <see cref="StoreError.Unavailable"/> and it may have happened.
/// </remarks>
public sealed class EtcdStore : IKeyValueStore
{
    /// <summary>Keys asked for at a time, so that no single answer grows without bound.</summary>
    private const int PageKeys = 10_000;

    private readonly EtcdStoreOptions options;
    private readonly EtcdConnection connection;
    private readonly WatchHub hub;
    private readonly EtcdWatchFeed feed;
    private readonly EtcdHistory history;
    private readonly SharedRevisionRead revisions;
    private readonly EtcdReclaim reclaim;
    private volatile bool isFull;
    private long knownCompactedRevision;
    private int disposed;

    private EtcdStore(EtcdStoreOptions options, EtcdConnection connection, long revision, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.connection = connection;
        hub = new WatchHub(options.Watch, time, revision);
        feed = new EtcdWatchFeed(connection, options, hub, time, logger);
        history = new EtcdHistory(connection);
        reclaim = new EtcdReclaim(connection, logger);
        revisions = new SharedRevisionRead(async cancellationToken => (await RangeAsync(RevisionCall(), cancellationToken)).Header.Revision);
    }

    /// <summary>Connects, and checks that the cluster answers.</summary>
    /// <exception cref="StoreException"><see cref="StoreError.Unavailable"/>: no member answers, or it refuses us.</exception>
    public static async Task<EtcdStore> ConnectAsync(
        EtcdStoreOptions options, TimeProvider? time = null, ILogger<EtcdStore>? logger = null, CancellationToken cancellationToken = default)
    {
        if (options.Endpoints.Count == 0)
            throw new ArgumentException("no etcd endpoint given", nameof(options));
        time ??= TimeProvider.System;
        var log = (ILogger?)logger ?? NullLogger.Instance;
        var connection = new EtcdConnection(options, time, log);
        try
        {
            var reply = await connection.CallAsync(EtcdMethods.Range, RevisionCall(), cancellationToken);
            var store = new EtcdStore(options, connection, reply.Header.Revision, time, log);
            store.feed.Start();
            return store;
        }
        catch (GrpcException e)
        {
            connection.Dispose();
            throw new StoreException(StoreError.Unavailable, $"cannot reach etcd at {string.Join(", ", options.Endpoints)}: {e.Message}", e);
        }
    }

    public ValueTask<long> GetRevisionAsync(CancellationToken cancellationToken) => revisions.GetAsync(cancellationToken);

    public async ValueTask<GetResult> GetAsync(string key, long revision, CancellationToken cancellationToken)
    {
        var reply = await RangeAsync(new RangeCall { Key = EtcdConvert.Key(key), Revision = revision }, cancellationToken);
        return new GetResult(reply.Kvs.Count == 0 ? null : EtcdConvert.KeyValue(reply.Kvs[0]), reply.Header.Revision);
    }

    public async ValueTask<RangeResult> RangeAsync(RangeRequest request, CancellationToken cancellationToken)
    {
        var (start, end) = EtcdConvert.Range(request.Prefix, request.StartKey);
        if (end.Length > 1 && start.Span.SequenceCompareTo(end.Span) >= 0)
            return new RangeResult([], await CheckRevisionAsync(request.Revision, cancellationToken), 0, false);

        var call = new RangeCall { Key = start, RangeEnd = end, Revision = request.Revision, KeysOnly = request.KeysOnly, CountOnly = request.CountOnly };
        call.Limit = request.Limit == 0 ? PageKeys : Math.Min(request.Limit, PageKeys);
        var first = await RangeAsync(call, cancellationToken);
        var items = new List<KeyValue>(first.Kvs.Count);
        AddTo(items, first);

        // Further pages are read at the revision of the first.
        var last = first;
        call.Revision = request.Revision == 0 ? first.Header.Revision : request.Revision;
        while (last.More && (request.Limit == 0 || items.Count < request.Limit))
        {
            call.Key = EtcdConvert.Key(items[^1].Key + "\0");
            call.Limit = request.Limit == 0 ? PageKeys : Math.Min(request.Limit - items.Count, PageKeys);
            last = await RangeAsync(call, cancellationToken);
            AddTo(items, last);
        }
        return new RangeResult(items, first.Header.Revision, first.Count, !request.CountOnly && first.Count > items.Count);
    }

    public async ValueTask<CommitResult> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        TransactionCheck.Validate(transaction);
        try
        {
            var reply = await connection.CallOnceAsync(EtcdMethods.Txn, EtcdConvert.Transaction(transaction), cancellationToken);
            feed.Observe(reply.Header.Revision);
            return EtcdConvert.CommitResult(reply);
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(string prefix, long fromRevision, CancellationToken cancellationToken) =>
        LogWatch.RunAsync(hub, history, options.Watch, prefix, fromRevision, GetRevisionAsync, cancellationToken);

    public async ValueTask RequestProgressAsync(string prefix, CancellationToken cancellationToken) =>
        hub.RequestProgress(prefix, await GetRevisionAsync(cancellationToken));

    /// <summary>When the last status said that the quota is used up, the room that is gained is given back to the cluster too.</summary>
    public async ValueTask CompactAsync(long revision, CancellationToken cancellationToken)
    {
        var reclaims = isFull;
        try
        {
            await CompactOnlyAsync(new CompactionCall { Revision = revision, Physical = reclaims }, cancellationToken);
            if (reclaims)
                await reclaim.RunAsync(cancellationToken);
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    /// <summary>
    /// etcd has no call that tells. Mostly it is as it was, which one read shows: the last answer can still be read. Else the oldest
    /// revision that can be read is found by halving.
    /// </summary>
    public async ValueTask<long> GetCompactedRevisionAsync(CancellationToken cancellationToken)
    {
        var known = Volatile.Read(ref knownCompactedRevision);
        if (await CanReadAsync(Math.Max(known, 1), cancellationToken))
            return known;

        // Invariant: readable can be read; unreadable cannot.
        var readable = await GetRevisionAsync(cancellationToken);
        var unreadable = Math.Max(known, 1);
        while (readable - unreadable > 1)
        {
            var middle = unreadable + ((readable - unreadable) / 2);
            if (await CanReadAsync(middle, cancellationToken))
                readable = middle;
            else
                unreadable = middle;
        }
        InterlockedMax(ref knownCompactedRevision, readable);
        return readable;
    }

    /// <summary>Of the member that answers; all hold the same.</summary>
    public async ValueTask<StoreStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        try
        {
            var reply = await connection.CallAsync(EtcdMethods.Status, new StatusCall(), cancellationToken);
            isFull = reply.Errors.Any(error => error.Contains("NOSPACE", StringComparison.Ordinal));
            return new StoreStatus(reply.DbSize, reply.DbSizeInUse, isFull);
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    public async ValueTask<long> GrantLeaseAsync(TimeSpan timeToLive, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeToLive, TimeSpan.Zero);
        try
        {
            // Repeating is safe: a lease granted unnoticed simply expires.
            var call = new LeaseGrantCall { Ttl = (long)Math.Ceiling(timeToLive.TotalSeconds) };
            var reply = await connection.CallAsync(EtcdMethods.LeaseGrant, call, cancellationToken);
            return reply.Error.Length == 0 ? reply.Id : throw new StoreException(StoreError.Unavailable, $"etcd: {reply.Error}");
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    public async ValueTask<bool> KeepLeaseAliveAsync(long leaseId, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.WithStreamAsync(
                EtcdMethods.LeaseKeepAlive,
                async stream =>
                {
                    await stream.WriteAsync(new LeaseKeepAliveCall { Id = leaseId });
                    return await stream.ReadAsync() is { Ttl: > 0 };
                },
                cancellationToken);
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    public async ValueTask<bool> RevokeLeaseAsync(long leaseId, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CallAsync(EtcdMethods.LeaseRevoke, new LeaseRevokeCall { Id = leaseId }, cancellationToken);
            return true;
        }
        catch (GrpcException e) when (EtcdErrors.IsLeaseNotFound(e))
        {
            return false;
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
            return;
        await feed.DisposeAsync();
        hub.Close(StoreErrors.Closed());
        hub.Dispose();
        connection.Dispose();
    }

    /// <summary>The cheapest linearizable read; its header holds the revision.</summary>
    private static RangeCall RevisionCall() => new() { Key = EtcdConvert.AllKeys.Start, CountOnly = true };

    private async Task<RangeReply> RangeAsync(RangeCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThrowIfClosed();
        try
        {
            var reply = await connection.CallAsync(EtcdMethods.Range, call, cancellationToken);
            feed.Observe(reply.Header.Revision);
            return reply;
        }
        catch (GrpcException e)
        {
            throw EtcdErrors.Translate(e);
        }
    }

    private void ThrowIfClosed()
    {
        if (Volatile.Read(ref disposed) != 0)
            throw StoreErrors.Closed();
    }

    private static void AddTo(List<KeyValue> items, RangeReply reply)
    {
        foreach (var item in reply.Kvs)
            items.Add(EtcdConvert.KeyValue(item));
    }

    private async Task CompactOnlyAsync(CompactionCall call, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CallAsync(EtcdMethods.Compact, call, cancellationToken);
        }
        catch (GrpcException e) when (EtcdErrors.IsCompacted(e))
        {
            // Done before, perhaps by another API server.
        }
    }

    /// <summary>It only grows: a slower question must not take back what a faster one has learned.</summary>
    private static void InterlockedMax(ref long place, long value)
    {
        var known = Volatile.Read(ref place);
        while (known < value && Interlocked.CompareExchange(ref place, value, known) is var found && found != known)
            known = found;
    }

    /// <summary>For a range known to be empty: the present revision, if the one asked for can be read.</summary>
    private async Task<long> CheckRevisionAsync(long revision, CancellationToken cancellationToken)
    {
        var call = RevisionCall();
        call.Revision = revision;
        return (await RangeAsync(call, cancellationToken)).Header.Revision;
    }

    private async Task<bool> CanReadAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await CheckRevisionAsync(revision, cancellationToken);
            return true;
        }
        catch (StoreException e) when (e.Error == StoreError.Compacted)
        {
            return false;
        }
    }
}
