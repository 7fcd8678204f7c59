using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>Exec and attach over one WebSocket with the channel protocols.</summary>
internal sealed class WebSocketChannels : IRemoteStreams
{
    private const int MaxMessageBytes = 1 << 20;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly WebSocket socket;
    private readonly ChannelProtocol protocol;
    private readonly TimeProvider time;
    private readonly SemaphoreSlim sending = new(1);
    private readonly Pipe? stdin;
    private readonly Channel<TerminalSize> resizes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(8) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly CancellationTokenSource closed;
    private readonly Task reading;

    public WebSocketChannels(WebSocket socket, ChannelProtocol protocol, RemoteCommandOptions options, TimeProvider time, CancellationToken aborted)
    {
        (this.socket, this.protocol, this.time) = (socket, protocol, time);
        closed = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        if (options.Stdin)
        {
            stdin = new(new PipeOptions(useSynchronizationContext: false));
            Stdin = stdin.Reader.AsStream();
        }

        if (options.Stdout)
            Stdout = new ChannelStream(this, ChannelProtocol.Stdout);
        if (options.Stderr && !options.Tty)
            Stderr = new ChannelStream(this, ChannelProtocol.Stderr);
        reading = ReadAsync();
    }

    public Stream? Stdin { get; }

    public Stream? Stdout { get; }

    public Stream? Stderr { get; }

    public ChannelReader<TerminalSize> Resizes => resizes.Reader;

    public CancellationToken Closed => closed.Token;

    /// <summary>An empty message, which clients take as the sign that the session stands.</summary>
    public ValueTask GreetAsync(CancellationToken cancellationToken) =>
        SendAsync(Stdout is not null ? ChannelProtocol.Stdout : Stderr is not null ? ChannelProtocol.Stderr : ChannelProtocol.Error, default, cancellationToken);

    public async Task FinishAsync(Status status, CancellationToken cancellationToken)
    {
        if (protocol.HasStatus)
            await SendAsync(ChannelProtocol.Error, ApiJson.Serialize(status), cancellationToken);
        else if (status.StatusValue != "Success")
            await SendAsync(ChannelProtocol.Error, Encoding.UTF8.GetBytes(status.Message ?? ""), cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(_ => limit.Cancel(), null, CloseTimeout, Timeout.InfiniteTimeSpan);
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The client did not wait for the end.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closed.CancelAsync();
        socket.Abort();
        await reading;
        socket.Dispose();
        sending.Dispose();
        closed.Dispose();
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[MaxMessageBytes];
        try
        {
            while (await ReadMessageAsync(buffer) is { } message)
                await DispatchAsync(message);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // The connection is lost.
        }
        finally
        {
            if (stdin is not null)
                await stdin.Writer.CompleteAsync();
            resizes.Writer.TryComplete();
            await closed.CancelAsync();
        }
    }

    private async Task<ReadOnlyMemory<byte>?> ReadMessageAsync(byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), closed.Token);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            length += part.Count;
            if (part.EndOfMessage)
                return buffer.AsMemory(0, length);
            if (length == buffer.Length)
                throw new IOException("message too large");
        }
    }

    private async ValueTask DispatchAsync(ReadOnlyMemory<byte> message)
    {
        if (message.IsEmpty)
            return;
        var channel = message.Span[0];
        var data = message[1..];
        if (protocol.IsBase64)
        {
            channel -= (byte)'0';
            data = Convert.FromBase64String(Encoding.ASCII.GetString(data.Span));
        }

        if (channel == ChannelProtocol.Stdin && stdin is not null)
            await stdin.Writer.WriteAsync(data, closed.Token);
        else if (channel == ChannelProtocol.Resize && protocol.HasResize && ParseSize(data.Span) is { } size)
            resizes.Writer.TryWrite(size);
        else if (channel == ChannelProtocol.Close && protocol.HasClose && data.Length == 1 && data.Span[0] == ChannelProtocol.Stdin && stdin is not null)
            await stdin.Writer.CompleteAsync();
    }

    internal static TerminalSize? ParseSize(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            using var document = JsonDocument.ParseValue(ref reader);
            return new(document.RootElement.GetProperty("Width").GetUInt16(), document.RootElement.GetProperty("Height").GetUInt16());
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private async ValueTask SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        byte[] message = protocol.IsBase64
            ? [(byte)(channel + '0'), .. Encoding.ASCII.GetBytes(Convert.ToBase64String(data.Span))]
            : [channel, .. data.Span];
        await sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message.AsMemory(), protocol.IsBase64 ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>The writing side of one channel.</summary>
    private sealed class ChannelStream(WebSocketChannels owner, byte channel) : WriteOnlyStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            owner.SendAsync(channel, buffer, cancellationToken);
    }
}
