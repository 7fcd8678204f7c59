using Microsoft.Extensions.Logging;
using Orchestrator.Grpc;
using Orchestrator.Storage.Etcd.Wire;
using Orchestrator.Storage.Watching;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// One watch over all keys of the cluster feeds the hub, from which all local watchers are served. Since every revision has
/// at least one event, an event of revision R proves that everything before R was delivered, to watchers of any prefix; no
/// progress requests are needed, which in etcd up to 3.4.24 and 3.5.7 could overtake events.
/// </summary>
/// <remarks>
/// After a failure the feed resumes behind the last revision it published, at the next member. If that was compacted
/// meanwhile, all watches end with <see cref="StoreError.Compacted"/> and the feed starts over at the present.
/// </remarks>
internal sealed partial class EtcdWatchFeed : IAsyncDisposable
{
    private readonly EtcdConnection connection;
    private readonly EtcdStoreOptions options;
    private readonly WatchHub hub;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stopping = new();
    private readonly ITimer stallTimer;
    private Task? running;
    private CancellationTokenSource? attempt;
    private long seenRevision;
    private long laggingRevision;
    private long lastDelivered;

    public EtcdWatchFeed(EtcdConnection connection, EtcdStoreOptions options, WatchHub hub, TimeProvider time, ILogger logger)
    {
        this.connection = connection;
        this.options = options;
        this.hub = hub;
        this.time = time;
        this.logger = logger;
        stallTimer = time.CreateTimer(_ => GiveUpStalled(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Start()
    {
        running = RunAsync();
        stallTimer.Change(options.StallTimeout, options.StallTimeout);
    }

    /// <summary>Tells the feed what revision a read has shown, so that it notices when its watch stays behind.</summary>
    public void Observe(long revision)
    {
        var seen = Volatile.Read(ref seenRevision);
        while (revision > seen)
        {
            var before = Interlocked.CompareExchange(ref seenRevision, revision, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await stallTimer.DisposeAsync();
        if (running is not null)
            await running;
        stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await FeedAsync();
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is GrpcException or OperationCanceledException)
            {
                LogInterrupted(hub.Revision, e.Message);
                await PauseAsync();
            }
            catch (Exception e)
            {
                // Nobody else would start it again, and all watchers would wait for ever.
                LogBroken(hub.Revision, e);
                await PauseAsync();
            }
        }
    }

    private async Task FeedAsync()
    {
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        Volatile.Write(ref attempt, cancellation);
        await using var stream = await connection.OpenStreamAsync(EtcdMethods.Watch, cancellation.Token);
        try
        {
            await stream.WriteAsync(CreateWatch(hub.Revision + 1));
            while (await stream.ReadAsync() is { } reply)
                await TakeAsync(reply, cancellation.Token);
            throw new GrpcException(GrpcStatusCode.Unavailable, "the member ended the watch");
        }
        catch (Exception e)
        {
            connection.MoveOn(stream.Member, e as GrpcException);
            throw;
        }
        finally
        {
            Volatile.Write(ref attempt, null);
        }
    }

    private async Task TakeAsync(WatchReply reply, CancellationToken cancellationToken)
    {
        if (reply.Canceled && reply.CompactRevision > 0)
            await RestartAsync(reply.CompactRevision, cancellationToken);
        else if (reply.Canceled)
            throw new GrpcException(Refusal(reply.CancelReason), $"the member cancelled the watch: {reply.CancelReason}");
        else if (reply.Created && !await IsKeptAsync(hub.Revision, cancellationToken))
            await RestartAsync(hub.Revision + 1, cancellationToken);
        else if (reply.Events.Count > 0)
            await PublishAsync(reply.Events, cancellationToken);
    }

    /// <summary>A watch whose token is refused is not refused as a call is, but cancelled; the token has to be dropped all the same.</summary>
    private static GrpcStatusCode Refusal(string reason) =>
        reason.Contains("invalid auth token", StringComparison.Ordinal) ? GrpcStatusCode.Unauthenticated : GrpcStatusCode.Unavailable;

    private async Task PublishAsync(IReadOnlyList<Event> events, CancellationToken cancellationToken)
    {
        List<WatchBatch> batches;
        try
        {
            batches = EtcdConvert.Batches(events);
        }
        catch (StoreException e) when (e.Error == StoreError.Compacted)
        {
            await RestartAsync(events[^1].Kv.ModRevision, cancellationToken);
            return;
        }
        // Each revision has an event. One that is missing was compacted away before the member came to send it (etcd issue 18089).
        if (batches[^1].Revision != hub.Revision + batches.Count)
        {
            await RestartAsync(batches[^1].Revision, cancellationToken);
            return;
        }
        hub.Publish(batches);
    }

    /// <summary>
    /// Whether the store can still be read at the revision behind which the watch begins. etcd refuses a watch only if it begins
    /// below the compacted revision; one that begins at it may lack deletions.
    /// </summary>
    private async Task<bool> IsKeptAsync(long revision, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CallAsync(EtcdMethods.Range, new RangeCall { Key = EtcdConvert.AllKeys.Start, CountOnly = true, Revision = revision }, cancellationToken);
            return true;
        }
        catch (GrpcException e) when (EtcdErrors.IsCompacted(e))
        {
            return false;
        }
    }

    /// <summary>What lies between is lost to us; watchers must list again. The next attempt starts at the present.</summary>
    private async Task RestartAsync(long compactedRevision, CancellationToken cancellationToken)
    {
        var reply = await connection.CallAsync(EtcdMethods.Range, new RangeCall { Key = EtcdConvert.AllKeys.Start, CountOnly = true }, cancellationToken);
        hub.Restart(reply.Header.Revision, StoreErrors.Compacted(hub.Revision + 1, compactedRevision));
        throw new GrpcException(GrpcStatusCode.OutOfRange, $"the watch's place was compacted (at {compactedRevision})");
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(options.RetryDelay, time, stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopping; the loop ends.
        }
    }

    /// <summary>
    /// A watch that is behind what reads showed one period ago, and has not moved since, is given up. One that moves is only slow.
    /// </summary>
    private void GiveUpStalled()
    {
        var delivered = hub.Revision;
        if (laggingRevision > delivered && delivered == lastDelivered)
        {
            LogStalled(delivered, laggingRevision);
            try
            {
                Volatile.Read(ref attempt)?.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // That attempt has just ended by itself.
            }
        }
        laggingRevision = Volatile.Read(ref seenRevision);
        lastDelivered = delivered;
    }

    private static WatchCall CreateWatch(long fromRevision)
    {
        var (start, end) = EtcdConvert.AllKeys;
        return new WatchCall { CreateRequest = new WatchCreate { Key = start, RangeEnd = end, StartRevision = fromRevision, PrevKv = true } };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch of etcd was interrupted at revision {Revision} and will be resumed: {Reason}")]
    private partial void LogInterrupted(long revision, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The watch of etcd broke off at revision {Revision} and will be resumed")]
    private partial void LogBroken(long revision, Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The watch of etcd is stuck at revision {Revision} while reads show {SeenRevision}; trying another member")]
    private partial void LogStalled(long revision, long seenRevision);
}
