using Google.Protobuf;
using Orchestrator.Grpc.Framing;

namespace Orchestrator.Grpc.Server;

/// <summary>Sends the responses of a streaming call. One write at a time.</summary>
public sealed class GrpcStreamWriter<TResponse>
    where TResponse : class, IMessage<TResponse>, new()
{
    private readonly Stream body;
    private readonly CancellationToken cancellationToken;

    internal GrpcStreamWriter(Stream body, CancellationToken cancellationToken)
    {
        this.body = body;
        this.cancellationToken = cancellationToken;
    }

    public async ValueTask WriteAsync(TResponse message)
    {
        await body.WriteAsync(MessageFrame.Encode(message), cancellationToken);
        await body.FlushAsync(cancellationToken);
    }
}
