using System.Net.Security;

namespace Orchestrator.Grpc.Client;

/// <summary>How a <see cref="GrpcChannel"/> connects.</summary>
public sealed record GrpcChannelOptions
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// After this long without a frame from the peer an HTTP/2 ping is sent while calls are open, so that a dead connection
    /// is noticed also by a stream that only waits.
    /// </summary>
    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the answer to such a ping may take.</summary>
    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest message accepted. gRPC's usual limit is 4 MiB.</summary>
    public int MaxMessageBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Client certificate and checks of the server's; for https addresses.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }
}
