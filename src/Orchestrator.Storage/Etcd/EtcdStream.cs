using Google.Protobuf;
using Orchestrator.Grpc.Client;

namespace Orchestrator.Storage.Etcd;

/// <summary>A stream, and the member it goes to.</summary>
internal sealed class EtcdStream<TCall, TReply>(GrpcChannel member, GrpcStream<TCall, TReply> stream) : IAsyncDisposable
    where TCall : class, IMessage<TCall>, new()
    where TReply : class, IMessage<TReply>, new()
{
    public GrpcChannel Member { get; } = member;

    public ValueTask WriteAsync(TCall message) => stream.WriteAsync(message);

    public ValueTask<TReply?> ReadAsync() => stream.ReadAsync();

    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
