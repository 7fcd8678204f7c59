using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Orchestrator.Kubelet.Probes;

/// <summary>
/// The client side of the gRPC health checking protocol (grpc.health.v1.Health/Check): one unary call over plain HTTP/2. The two
/// messages are small enough to be written by hand.
/// </summary>
internal sealed class GrpcHealthClient : IDisposable
{
    private const int Serving = 1;
    private const int FrameHeaderBytes = 5;
    private const int MaxReplyBytes = 1024;
    private static readonly string[] StatusNames = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    private readonly HttpMessageInvoker invoker = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero, UseProxy = false, AllowAutoRedirect = false });

    public async Task<ProbeResult> CheckAsync(string host, int port, string service, CancellationToken cancellationToken)
    {
        var authority = host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{port}" : $"{host}:{port}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{authority}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame(service)) { Headers = { { "Content-Type", "application/grpc" } } },
        };
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.36");
        using var response = await invoker.SendAsync(request, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxReplyBytes];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var grpcStatus = Header(response, "grpc-status");
        if (grpcStatus is not (null or "0"))
            return new(ProbeOutcome.Failure, $"error: health rpc probe failed: rpc error: code = {grpcStatus} desc = {Header(response, "grpc-message")}");
        var status = ParseStatus(buffer.AsSpan(0, length));
        return status == Serving
            ? new(ProbeOutcome.Success, $"service healthy")
            : new(ProbeOutcome.Failure, $"service unhealthy (responded with \"{(status is >= 0 and < 4 ? StatusNames[status] : "UNKNOWN")}\")");
    }

    public void Dispose() => invoker.Dispose();

    /// <summary>HealthCheckRequest has one field: 1, the service's name.</summary>
    private static byte[] Frame(string service)
    {
        var name = Encoding.UTF8.GetBytes(service);
        var message = new List<byte>();
        if (name.Length > 0)
        {
            message.Add(0x0a);
            for (var rest = (uint)name.Length; ; rest >>= 7)
            {
                message.Add((byte)(rest < 0x80 ? rest : (rest & 0x7f) | 0x80));
                if (rest < 0x80)
                    break;
            }

            message.AddRange(name);
        }

        var frame = new byte[FrameHeaderBytes + message.Count];
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)message.Count);
        message.CopyTo(frame, FrameHeaderBytes);
        return frame;
    }

    /// <summary>HealthCheckResponse has one field: 1, an enumeration; absent means 0.</summary>
    private static int ParseStatus(ReadOnlySpan<byte> frame) =>
        frame.Length >= FrameHeaderBytes + 2 && frame[FrameHeaderBytes] == 0x08 ? frame[FrameHeaderBytes + 1] : 0;

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? string.Join(',', values) : null;
}
