using Google.Protobuf;
using Orchestrator.Grpc;
using Orchestrator.Grpc.Client;
using Orchestrator.Storage.Etcd.Wire;

namespace Orchestrator.Storage.Etcd;

/// <summary>
/// Calls to a cluster of several members: one is used until it fails, then the next. Any thread may call.
/// </summary>
internal sealed class EtcdConnection : IDisposable
{
    /// <summary>A range may be large; it is our own data.</summary>
    private const int MaxMessageBytes = 512 * 1024 * 1024;

    /// <summary>How many times a call goes round all members. The store's callers have their own patience beyond that.</summary>
    private const int MaxRounds = 2;

    private readonly EtcdStoreOptions options;
    private readonly TimeProvider time;
    private readonly GrpcChannel[] members;
    private int current;
    private string? token;

    public EtcdConnection(EtcdStoreOptions options, TimeProvider time)
    {
        this.options = options;
        this.time = time;
        var channelOptions = new GrpcChannelOptions { ConnectTimeout = options.ConnectTimeout, MaxMessageBytes = MaxMessageBytes, Tls = EtcdTls.Create(options) };
        members = options.Endpoints.Select(endpoint => new GrpcChannel(endpoint, channelOptions, time)).ToArray();
    }

    /// <summary>Calls a method that may be repeated: if one member fails, the next is asked.</summary>
    public Task<TReply> CallAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        CallAsync(method, call, EtcdErrors.IsTransient, cancellationToken);

    /// <summary>
    /// Calls a method that must not be done twice: the next member is asked only when the request certainly was not sent.
    /// </summary>
    public Task<TReply> CallOnceAsync<TCall, TReply>(GrpcMethod<TCall, TReply> method, TCall call, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new() =>
        CallAsync(method, call, static error => error.NeverSent, cancellationToken);

    /// <summary>Opens a stream to the present member. The caller reports a failure with <see cref="MoveOn"/>.</summary>
    /// <param name="timeout">The time the whole stream has; null means any.</param>
    public async Task<EtcdStream<TCall, TReply>> OpenStreamAsync<TCall, TReply>(
        GrpcMethod<TCall, TReply> method, TimeSpan? timeout, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        var member = Current;
        var metadata = await MetadataAsync(member, cancellationToken);
        return new EtcdStream<TCall, TReply>(member, member.OpenStream(method, new GrpcCallOptions(timeout, metadata, cancellationToken)));
    }

    /// <summary>Stops using a member that failed, and its token; other calls may have done so already.</summary>
    public void MoveOn(GrpcChannel failed)
    {
        Volatile.Write(ref token, null);
        var index = Volatile.Read(ref current);
        if (members[index] == failed)
            Interlocked.CompareExchange(ref current, (index + 1) % members.Length, index);
    }

    public void Dispose()
    {
        foreach (var member in members)
            member.Dispose();
    }

    private GrpcChannel Current => members[Volatile.Read(ref current)];

    private async Task<TReply> CallAsync<TCall, TReply>(
        GrpcMethod<TCall, TReply> method, TCall call, Func<GrpcException, bool> mayRepeat, CancellationToken cancellationToken)
        where TCall : class, IMessage<TCall>, new()
        where TReply : class, IMessage<TReply>, new()
    {
        for (var attempt = 1; ; attempt++)
        {
            var member = Current;
            try
            {
                var metadata = await MetadataAsync(member, cancellationToken);
                return await member.CallAsync(method, call, new GrpcCallOptions(options.RequestTimeout, metadata, cancellationToken));
            }
            catch (GrpcException e) when (attempt < MaxRounds * members.Length && (mayRepeat(e) || EtcdErrors.IsTokenRefused(e)))
            {
                MoveOn(member);
            }
            catch (GrpcException e) when (EtcdErrors.IsTransient(e))
            {
                MoveOn(member);
                throw;
            }
            if (attempt % members.Length == 0)
                await Task.Delay(options.RetryDelay, time, cancellationToken);
        }
    }

    private async ValueTask<IReadOnlyList<KeyValuePair<string, string>>> MetadataAsync(GrpcChannel member, CancellationToken cancellationToken)
    {
        // A member without a leader then refuses, and ends its watches, instead of going on alone.
        KeyValuePair<string, string> requireLeader = new("hasleader", "true");
        if (options.UserName is null)
            return [requireLeader];

        var known = Volatile.Read(ref token);
        if (known is null)
        {
            var credentials = new AuthenticateCall { Name = options.UserName, Password = options.Password ?? "" };
            var reply = await member.CallAsync(EtcdMethods.Authenticate, credentials, new GrpcCallOptions(options.RequestTimeout, CancellationToken: cancellationToken));
            Volatile.Write(ref token, known = reply.Token);
        }
        return [requireLeader, new("token", known)];
    }
}
