using Google.Protobuf;
using Orchestrator.Grpc;
using Orchestrator.Grpc.Client;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// One member of a cluster: a connection, and a watch over whether it still answers. Any thread may call.
/// </summary>
internal sealed class EtcdMember : IDisposable
{
    private readonly Uri endpoint;
    private readonly GrpcChannelOptions channelOptions;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private Link link;
    private int pending;
    private long lastSignOfLife;
    private long suspectSince;
    private int disposed;

    public EtcdMember(Uri endpoint, GrpcChannelOptions channelOptions, TimeProvider time)
    {
        this.endpoint = endpoint;
        this.channelOptions = channelOptions;
        this.time = time;
        link = NewLink();
        suspectSince = long.MinValue;
    }

    public Uri Endpoint => endpoint;

    /// <summary>How long calls have been waiting without any of them being answered; zero when none waits.</summary>
    public TimeSpan Silence => Volatile.Read(ref pending) == 0 ? TimeSpan.Zero : time.GetElapsedTime(Volatile.Read(ref lastSignOfLife));

    /// <summary>Whether it was abandoned less than <paramref name="period"/> ago.</summary>
    public bool IsSuspect(TimeSpan period) =>
        Volatile.Read(ref suspectSince) is var since && since != long.MinValue && time.GetElapsedTime(since) < period;

    public async Task<TReply> CallAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, GrpcCallOptions options)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var used = link;
        if (Interlocked.Increment(ref pending) == 1)
            Volatile.Write(ref lastSignOfLife, time.GetTimestamp());
        try
        {
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, used.Token);
            var reply = await used.Channel.CallAsync(method, call, options with { CancellationToken = ending.Token });
            Volatile.Write(ref lastSignOfLife, time.GetTimestamp());
            return reply;
        }
        catch (GrpcException e) when (e.StatusCode is not (GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Unavailable))
        {
            Volatile.Write(ref lastSignOfLife, time.GetTimestamp());
            throw;
        }
        catch (OperationCanceledException) when (used.Token.IsCancellationRequested && !options.CancellationToken.IsCancellationRequested)
        {
            throw Abandoned();
        }
        finally
        {
            // A caller who has lost patience is no sign of life.
            Interlocked.Decrement(ref pending);
        }
    }

    public EtcdStream<TCall, TReply> OpenStream<TCall, TReply>(GrpcMethod<TCall, TReply> method, GrpcCallOptions options)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var used = link;
        var ending = CancellationTokenSource.CreateLinkedTokenSource(options.CancellationToken, used.Token);
        var stream = used.Channel.OpenStream(method, options with { CancellationToken = ending.Token });
        return new EtcdStream<TCall, TReply>(this, stream, ending, used.Token, options.CancellationToken);
    }

    /// <summary>Whether the member itself answers, with or without its cluster.</summary>
    public async Task<bool> AnswersAsync(TimeSpan limit)
    {
        try
        {
            await link.Channel.CallAsync(EtcdMethods.Status, new StatusCall(), new GrpcCallOptions(limit));
            return true;
        }
        catch (GrpcException e)
        {
            // Any status that it sent itself is an answer, such as that it wants a password.
            return e.StatusCode is not (GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Unavailable or GrpcStatusCode.Cancelled);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Ends all calls and streams: they fail with <see cref="GrpcStatusCode.Unavailable"/>, and what they asked for may have been
    /// done. The next call makes a new connection.
    /// </summary>
    public void Abandon()
    {
        Link old;
        lock (gate)
        {
            if (disposed != 0)
                return;
            old = link;
            link = NewLink();
            Volatile.Write(ref suspectSince, time.GetTimestamp());
        }
        old.End();
    }

    /// <summary>What a call that <see cref="Abandon"/> ended fails with.</summary>
    public GrpcException Abandoned() => new(GrpcStatusCode.Unavailable, $"the member at {endpoint.Authority} does not answer");

    public void Dispose()
    {
        lock (gate)
            disposed = 1;
        link.End();
    }

    private Link NewLink() => new(new GrpcChannel(endpoint, channelOptions, time));

    /// <summary>A connection and what ends all that runs over it. Its token may be asked for after its end.</summary>
    private sealed class Link(GrpcChannel channel)
    {
        private readonly CancellationTokenSource ended = new();

        public GrpcChannel Channel { get; } = channel;

        public CancellationToken Token => ended.Token;

        public void End()
        {
            ended.Cancel();
            Channel.Dispose();
        }
    }
}
