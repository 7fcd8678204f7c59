using Google.Protobuf;

namespace Orchestrator.Grpc;

/// <summary>One remote method: its name on the wire and the two message types.</summary>
public sealed class GrpcMethod<TRequest, TResponse>(string service, string name)
    where TRequest : class, IMessage<TRequest>, new()
    where TResponse : class, IMessage<TResponse>, new()
{
    /// <summary>The HTTP path, as in <c>/etcdserverpb.KV/Range</c>.</summary>
    public string Path { get; } = $"/{service}/{name}";

    internal MessageParser<TRequest> RequestParser { get; } = new(static () => new TRequest());

    internal MessageParser<TResponse> ResponseParser { get; } = new(static () => new TResponse());
}
