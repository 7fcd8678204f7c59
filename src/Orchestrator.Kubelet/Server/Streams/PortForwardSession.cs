using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Kubelet.Server.Spdy;

namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>
/// Port-forward over SPDY (protocol portforward.k8s.io): for each connection the client opens an error and a data stream that share
/// a request id and name a port.
/// </summary>
internal sealed class PortForwardSession(string sandboxId, string podName, string podUid, Cri.IRuntimeService runtime)
{
    public const string Protocol = "portforward.k8s.io";

    /// <summary>The WebSocket sub-protocol in which SPDY is tunnelled.</summary>
    public const string TunnelProtocol = "SPDY/3.1+portforward.k8s.io";

    private readonly Dictionary<string, SpdyStream> waiting = new(StringComparer.Ordinal);

    /// <summary>Serves until the client goes.</summary>
    public async Task RunAsync(Stream transport, CancellationToken cancellationToken)
    {
        await using var connection = new SpdyConnection(transport, isServer: true);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = RunConnectionAsync(connection, stop.Token);
        var forwards = new List<Task>();
        await foreach (var stream in connection.Opened.ReadAllAsync(CancellationToken.None))
        {
            forwards.RemoveAll(forward => forward.IsCompleted);
            var id = stream.Headers.GetValueOrDefault("requestid") ?? stream.Headers.GetValueOrDefault("port") ?? "";
            if (waiting.Remove(id, out var other))
                forwards.Add(ForwardAsync(connection, PickData(stream, other), stream == PickData(stream, other) ? other : stream, stop.Token));
            else
                waiting[id] = stream;
        }

        await stop.CancelAsync();
        await reading;
        await Task.WhenAll(forwards);
    }

    /// <summary>Copies both ways between a client's stream and a port of the pod; returns when the pod's side has ended or the client gave up.</summary>
    public static async Task CopyBothWaysAsync(Stream client, Stream remote, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var upload = UploadAsync(client, remote, stop.Token);
        try
        {
            await remote.CopyToAsync(client, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await upload;
        }
    }

    private static async Task RunConnectionAsync(SpdyConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.RunAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private static SpdyStream PickData(SpdyStream one, SpdyStream other) => one.Headers.GetValueOrDefault("streamtype") == "data" ? one : other;

    private async Task ForwardAsync(SpdyConnection connection, SpdyStream data, SpdyStream error, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, data.WasReset);
        try
        {
            await ConnectAndCopyAsync(data, error, either.Token);
            await data.CloseAsync(cancellationToken);
            await error.CloseAsync(cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The client gave up this connection, or all of them.
        }
        finally
        {
            connection.Forget(data.Id);
            connection.Forget(error.Id);
        }
    }

    private async Task ConnectAndCopyAsync(SpdyStream data, SpdyStream error, CancellationToken cancellationToken)
    {
        var portText = data.Headers.GetValueOrDefault("port") ?? "";
        try
        {
            if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
                throw new Cri.RuntimeException(Cri.RuntimeError.InvalidArgument, "invalid port");
            await using var remote = await runtime.PortForwardAsync(sandboxId, port, cancellationToken);
            await CopyBothWaysAsync(data, remote, cancellationToken);
        }
        catch (Exception failure) when (failure is Cri.RuntimeException or SocketException)
        {
            var message = $"error forwarding port {portText} to pod {podName}, uid {podUid}: {failure.Message}";
            await error.WriteAsync(Encoding.UTF8.GetBytes(message), cancellationToken);
        }
    }

    private static async Task UploadAsync(Stream client, Stream remote, CancellationToken cancellationToken)
    {
        try
        {
            await client.CopyToAsync(remote, cancellationToken);
            await remote.FlushAsync(cancellationToken);
            // The client will send no more; the pod may still answer.
            if (remote is NetworkStream socket)
                socket.Socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The pod's side has ended, or the client gave up.
        }
    }
}
