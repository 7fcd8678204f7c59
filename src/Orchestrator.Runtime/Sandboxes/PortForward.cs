using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Linux;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Connects to a port on a sandbox's own loopback.</summary>
internal sealed class PortForward(RuntimeContext context)
{
    public async Task<Stream> OpenAsync(string sandboxId, int port, CancellationToken cancellationToken)
    {
        if (port is <= 0 or > ushort.MaxValue)
            throw new RuntimeException(RuntimeError.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"port {port} is not a port"));
        var sandbox = context.RequireSandbox(sandboxId);
        sandbox.RequireShim();
        var first = await TryConnectAsync(sandbox, new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
        if (first.Stream is not null)
            return first.Stream;
        var second = await TryConnectAsync(sandbox, new IPEndPoint(IPAddress.IPv6Loopback, port), cancellationToken);
        return second.Stream ?? throw new RuntimeException(
            RuntimeError.Unavailable,
            string.Create(CultureInfo.InvariantCulture, $"failed to connect to localhost:{port} inside the sandbox: {first.Failure!.Message}"), first.Failure);
    }

    private static async Task<(Stream? Stream, Exception? Failure)> TryConnectAsync(
        SandboxRecord sandbox, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        Socket? socket = null;
        try
        {
            // A socket belongs to the namespace it is made in, wherever it is used.
            socket = NetworkNamespace.Run(
                $"/proc/{sandbox.ShimProcessId}/ns/net", () => new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true });
            await socket.ConnectAsync(endpoint, cancellationToken);
            return (new NetworkStream(socket, ownsSocket: true), null);
        }
        catch (Exception exception) when (exception is SocketException or LinuxException)
        {
            socket?.Dispose();
            return (null, exception);
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }
}
