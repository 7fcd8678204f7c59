using System.Net.WebSockets;

namespace Orchestrator.Client.Streaming;

/// <summary>
/// Kubernetes' channels over one WebSocket: the first byte of a message names the channel. One reader; writers take turns.
/// </summary>
internal sealed class ChannelSocket(WebSocket socket) : IDisposable
{
    private const int MaxMessageBytes = 16 << 20;

    private readonly SemaphoreSlim sending = new(1);
    private byte[] buffer = new byte[32 * 1024];

    public string? Protocol => socket.SubProtocol;

    public async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        byte[] message = [channel, .. data.Span];
        await sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <returns>The next message; its data is valid until the next call. Null when the server has closed.</returns>
    /// <exception cref="IOException">The connection broke, or a message is too large.</exception>
    public async Task<(byte Channel, ReadOnlyMemory<byte> Data)?> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            var length = 0;
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                    return null;
                length += part.Count;
                if (part.EndOfMessage && length > 0)
                    return (buffer[0], buffer.AsMemory(1, length - 1));
                if (length == buffer.Length)
                    Grow();
            }
        }
        catch (WebSocketException e)
        {
            throw new IOException($"the connection to the server broke: {e.Message}", e);
        }
    }

    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
        }
        catch (WebSocketException)
        {
            // The other side was faster.
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        sending.Dispose();
    }

    private void Grow()
    {
        if (buffer.Length >= MaxMessageBytes)
            throw new IOException($"the server sent a message larger than {MaxMessageBytes} bytes");
        Array.Resize(ref buffer, buffer.Length * 2);
    }
}
