using System.Net.Sockets;
using Orchestrator.Linux.Files;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Shim;

/// <summary>Whole frames over a shim's socket. One reader at a time; writers are put in order.</summary>
internal sealed class ShimConnection : IDisposable
{
    public const string SocketName = "shim.sock";

    private readonly Socket socket;
    private readonly SemaphoreSlim sending = new(1, 1);
    private readonly byte[] header = new byte[Frame.HeaderBytes];

    private ShimConnection(Socket socket) => this.socket = socket;

    /// <exception cref="SocketException">Nobody listens: the shim is gone.</exception>
    public static async Task<ShimConnection> OpenAsync(string sandboxDirectory, CancellationToken cancellationToken)
    {
        using var directory = FileCalls.Open(sandboxDirectory, OpenFlags.Path | OpenFlags.Directory);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketCalls.PathInDirectory(directory, SocketName)), cancellationToken);
            return new ShimConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The shim is gone.</exception>
    public async Task SendAsync(MessageKind kind, int id, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = Frame.Encode(kind, id, payload.Span);
        await sending.WaitAsync(cancellationToken);
        try
        {
            for (var sent = 0; sent < frame.Length;)
                sent += await socket.SendAsync(frame.AsMemory(sent), cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw new IOException("the connection to the shim is broken", exception);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <returns>Null when the shim has closed the connection.</returns>
    public async Task<(MessageKind Kind, int Id, byte[] Payload)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!await FillAsync(header, cancellationToken))
                return null;
            var (length, kind, id) = Frame.DecodeHeader(header);
            var payload = length == 0 ? [] : new byte[length];
            return await FillAsync(payload, cancellationToken) ? (kind, id, payload) : null;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or InvalidDataException)
        {
            return null;
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<bool> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            var count = await socket.ReceiveAsync(buffer, cancellationToken);
            if (count == 0)
                return false;
            buffer = buffer[count..];
        }

        return true;
    }
}
