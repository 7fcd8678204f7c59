namespace Orchestrator.Grpc;

/// <summary>A call that ended with a status other than OK, whether the peer said so or the connection did.</summary>
public sealed class GrpcException(GrpcStatusCode statusCode, string message, Exception? innerException = null) : Exception(message, innerException)
{
    public GrpcStatusCode StatusCode { get; } = statusCode;

    /// <summary>
    /// The request certainly never reached a server (no connection was made), so repeating it cannot do its work twice.
    /// </summary>
    public bool NeverSent { get; init; }
}
