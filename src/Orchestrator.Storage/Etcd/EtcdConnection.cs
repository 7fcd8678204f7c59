using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Orchestrator.Grpc;
using Orchestrator.Grpc.Client;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// Calls to a cluster of several members: one is used until it fails, then the next. Any thread may call.
/// </summary>
/// <remarks>
/// <para><b>Repeats.</b> What may be done twice is asked of member after member. What may not is asked again only when it certainly
/// was not done: no connection was made, or the member refused it before it proposed it to its cluster.</para>
/// <para><b>Time.</b> A call goes round all members twice at least, and goes on doing so for
/// <see cref="EtcdStoreOptions.Patience"/> while some member answers at all: that spans an election. When nobody can be reached it
/// fails after the second round, which takes milliseconds. While the last call that gave up was not followed by a success, each
/// goes round once only: nobody waits for what is known to be down.</para>
/// <para><b>Stalls.</b> A member that leaves calls unanswered is asked for its status, which needs no cluster; if that is not
/// answered either, it is abandoned: whatever waits for it fails, and the next one is used.</para>
/// </remarks>
internal sealed partial class EtcdConnection : IDisposable
{
    /// <summary>A range may be large; it is our own data.</summary>
    private const int MaxMessageBytes = 512 * 1024 * 1024;

    private const int MinRounds = 2;

    /// <summary>Another member is preferred for this long after one was abandoned.</summary>
    private static readonly TimeSpan SuspectPeriod = TimeSpan.FromSeconds(10);

    // A member then refuses, and ends its watches, when it has no leader, instead of going on alone.
    private static readonly KeyValuePair<string, string> RequireLeader = new("hasleader", "true");
    private static readonly IReadOnlyList<KeyValuePair<string, string>> PlainMetadata = [RequireLeader];

    private readonly EtcdStoreOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly EtcdMember[] members;
    private readonly EtcdToken token;
    private readonly ITimer stallTimer;
    private int current;
    private int probing;
    private volatile bool isDown;

    public EtcdConnection(EtcdStoreOptions options, TimeProvider time, ILogger logger)
    {
        this.options = options;
        this.time = time;
        this.logger = logger;
        var channelOptions = new GrpcChannelOptions
        {
            ConnectTimeout = options.ConnectTimeout,
            KeepAlivePingDelay = options.KeepAliveDelay,
            KeepAlivePingTimeout = options.KeepAliveTimeout,
            MaxMessageBytes = MaxMessageBytes,
            Tls = EtcdTls.Create(options),
        };
        members = options.Endpoints.Select(endpoint => new EtcdMember(endpoint, channelOptions, time)).ToArray();
        token = new EtcdToken(options);
        var period = options.ProbeDelay / 2;
        stallTimer = time.CreateTimer(_ => ProbeSilentMember(), null, period, period);
    }

    /// <summary>Calls a method that may be repeated: if one member fails, the next is asked.</summary>
    public Task<TReply> CallAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        CallAsync(method, call, EtcdErrors.IsTransient, cancellationToken);

    /// <summary>Calls a method that must not be done twice: the next member is asked only when it certainly was not done.</summary>
    public Task<TReply> CallOnceAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        CallAsync(method, call, EtcdErrors.IsCertainlyNotDone, cancellationToken);

    /// <summary>Calls a method that concerns a member and not its cluster: of each, one after the other.</summary>
    /// <exception cref="GrpcException">One failed; those behind it were not asked.</exception>
    public async Task CallEachAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, TimeSpan timeout, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        foreach (var member in members)
            await member.CallAsync(method, call, new GrpcCallOptions(timeout, await MetadataAsync(member, cancellationToken), cancellationToken));
    }

    /// <summary>Opens a stream and does something with it that may be repeated from the beginning, at the next member if one fails.</summary>
    public Task<TResult> WithStreamAsync<TCall, TReply, TResult>(
        GrpcMethod<TCall, TReply> method, Func<EtcdStream<TCall, TReply>, Task<TResult>> use, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        RepeatAsync(
            async member =>
            {
                await using var stream = await OpenStreamAsync(member, method, options.RequestTimeout, cancellationToken);
                return await use(stream);
            },
            EtcdErrors.IsTransient, cancellationToken);

    /// <summary>Opens a stream without an end to the present member. The caller reports a failure with <see cref="MoveOn"/>.</summary>
    public Task<EtcdStream<TCall, TReply>> OpenStreamAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        OpenStreamAsync(Current, method, timeout: null, cancellationToken);

    /// <summary>Stops using a member that failed, and a token that was refused; other calls may have done so already.</summary>
    public void MoveOn(EtcdMember failed, GrpcException? why)
    {
        if (why is not null && EtcdErrors.IsTokenRefused(why))
        {
            token.Drop();
            return;
        }

        var index = Volatile.Read(ref current);
        if (members[index] == failed)
            Interlocked.CompareExchange(ref current, NextAfter(index), index);
    }

    public void Dispose()
    {
        stallTimer.Dispose();
        foreach (var member in members)
            member.Dispose();
        token.Dispose();
    }

    private EtcdMember Current => members[Volatile.Read(ref current)];

    private int NextAfter(int index)
    {
        for (var step = 1; step < members.Length; step++)
        {
            var candidate = (index + step) % members.Length;
            if (!members[candidate].IsSuspect(SuspectPeriod))
                return candidate;
        }

        return (index + 1) % members.Length;
    }

    private Task<TReply> CallAsync<TCall, TReply>(
        GrpcMethod<TCall, TReply> method, TCall call, Func<GrpcException, bool> mayRepeat, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        RepeatAsync(
            async member => await member.CallAsync(method, call, new GrpcCallOptions(options.RequestTimeout, await MetadataAsync(member, cancellationToken), cancellationToken)),
            mayRepeat, cancellationToken);

    private async Task<T> RepeatAsync<T>(Func<EtcdMember, Task<T>> attemptAsync, Func<GrpcException, bool> mayRepeat, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (rounds, patience) = isDown ? (1, TimeSpan.Zero) : (MinRounds, options.Patience);
        var wasAnswered = false;
        for (var attempt = 1; ; attempt++)
        {
            var member = Current;
            try
            {
                var result = await attemptAsync(member);
                isDown = false;
                return result;
            }
            catch (GrpcException e)
            {
                wasAnswered |= !e.NeverSent;
                var isRefusedToken = EtcdErrors.IsTokenRefused(e);
                if (isRefusedToken || EtcdErrors.IsTransient(e) || mayRepeat(e))
                    MoveOn(member, e);
                var isOver = attempt >= rounds * members.Length && (!wasAnswered || time.GetElapsedTime(began) >= patience);
                isDown |= isOver && EtcdErrors.IsTransient(e);
                if (isOver || !(mayRepeat(e) || isRefusedToken))
                    throw;
            }

            if (attempt % members.Length == 0)
                await Task.Delay(options.RetryDelay, time, cancellationToken);
        }
    }

    private async Task<EtcdStream<TCall, TReply>> OpenStreamAsync<TCall, TReply>(
        EtcdMember member, GrpcMethod<TCall, TReply> method, TimeSpan? timeout, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        try
        {
            return member.OpenStream(method, new GrpcCallOptions(timeout, await MetadataAsync(member, cancellationToken), cancellationToken));
        }
        catch (GrpcException e)
        {
            MoveOn(member, e);
            throw;
        }
    }

    private async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> MetadataAsync(EtcdMember member, CancellationToken cancellationToken) =>
        options.UserName is null ? PlainMetadata : [RequireLeader, new("token", await token.GetAsync(member, cancellationToken))];

    private void ProbeSilentMember()
    {
        var member = Current;
        if (member.Silence < options.ProbeDelay || Interlocked.Exchange(ref probing, 1) != 0)
            return;
        _ = ProbeAsync(member);
    }

    private async Task ProbeAsync(EtcdMember member)
    {
        try
        {
            if (await member.AnswersAsync(options.ProbeTimeout) || member.Silence < options.ProbeDelay)
                return;
            LogAbandoned(member.Endpoint);
            // First, so that what is now failed and repeated goes elsewhere.
            MoveOn(member, null);
            member.Abandon();
        }
        finally
        {
            Volatile.Write(ref probing, 0);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The etcd member at {Endpoint} does not answer; what waits for it fails or is asked of the next")]
    private partial void LogAbandoned(Uri endpoint);
}
