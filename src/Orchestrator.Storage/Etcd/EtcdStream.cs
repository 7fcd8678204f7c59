using Google.Protobuf;
using Orchestrator.Grpc;
using Orchestrator.Grpc.Client;

namespace Orchestrator.Storage.Etcd;

/// <summary>A stream, and the member it goes to.</summary>
internal sealed class EtcdStream<TCall, TReply>(
    EtcdMember member, GrpcStream<TCall, TReply> stream, CancellationTokenSource ending, CancellationToken abandoned, CancellationToken caller) : IAsyncDisposable
    where TCall : class, IMessage<TCall>, new()
    where TReply : class, IMessage<TReply>, new()
{
    public EtcdMember Member { get; } = member;

    public async ValueTask WriteAsync(TCall message)
    {
        try
        {
            await stream.WriteAsync(message);
        }
        catch (OperationCanceledException) when (IsAbandoned)
        {
            throw Member.Abandoned();
        }
    }

    public async ValueTask<TReply?> ReadAsync()
    {
        try
        {
            return await stream.ReadAsync();
        }
        catch (OperationCanceledException) when (IsAbandoned)
        {
            throw Member.Abandoned();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        ending.Dispose();
    }

    private bool IsAbandoned => abandoned.IsCancellationRequested && !caller.IsCancellationRequested;
}
