using System.Buffers.Binary;
using System.Threading.Channels;

namespace Orchestrator.Kubelet.Server.Spdy;

/// <summary>
/// SPDY/3.1 over any duplex stream, as Kubernetes' clients speak it for exec, attach and port-forward: streams with headers,
/// half-close, reset, ping. There is no flow control: the clients send none and heed none. Thread-safe.
/// </summary>
internal sealed class SpdyConnection : IAsyncDisposable
{
    private const int MaxStreams = 1000;
    private const byte PriorityByte = 0;
    private readonly Stream transport;
    private readonly SemaphoreSlim sending = new(1);
    private readonly SpdyHeaderReader headerReader = new();
    private readonly SpdyHeaderWriter headerWriter = new();
    private readonly Lock gate = new();
    private readonly Dictionary<int, SpdyStream> streams = [];
    private readonly Channel<SpdyStream> opened = Channel.CreateUnbounded<SpdyStream>();
    private int nextId;

    /// <param name="isServer">Servers number their streams evenly, clients oddly.</param>
    public SpdyConnection(Stream transport, bool isServer)
    {
        this.transport = transport;
        nextId = isServer ? 2 : 1;
    }

    /// <summary>Streams that the peer opens. Completes when the connection ends.</summary>
    public ChannelReader<SpdyStream> Opened => opened.Reader;

    /// <summary>Reads frames until the connection ends; then all streams are aborted.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await ReadAsync(cancellationToken) is { } frame)
            {
                if (!await HandleAsync(frame, cancellationToken))
                    break;
            }
        }
        catch (IOException)
        {
            // The peer is gone, or speaks something else; either way this is the end.
        }
        finally
        {
            opened.Writer.TryComplete();
            List<SpdyStream> left;
            lock (gate)
            {
                left = [.. streams.Values];
                streams.Clear();
            }

            foreach (var stream in left)
                stream.Abort();
        }
    }

    /// <summary>Opens a stream; the peer's reply is not awaited.</summary>
    public async Task<SpdyStream> OpenAsync(IReadOnlyDictionary<string, string> headers, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            var stream = new SpdyStream(this, nextId, headers);
            nextId += 2;
            lock (gate)
                streams[stream.Id] = stream;
            // Associated stream, priority, slot; then the headers.
            byte[] rest = [0, 0, 0, 0, PriorityByte, 0, .. headerWriter.Write(headers)];
            await transport.WriteAsync(SpdyFrame.ForStream(SpdyFrameType.SynStream, stream.Id, rest).Encode(), cancellationToken);
            await transport.FlushAsync(cancellationToken);
            return stream;
        }
        finally
        {
            sending.Release();
        }
    }

    /// <summary>Gives a stream up, both ways.</summary>
    public async ValueTask ResetAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        const uint cancel = 5;
        Forget(stream.Id);
        stream.Abort();
        var status = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(status, cancel);
        await SendAsync(SpdyFrame.ForStream(SpdyFrameType.RstStream, stream.Id, status), cancellationToken);
    }

    /// <summary>Nothing more is expected on a stream that both sides closed.</summary>
    public void Forget(int streamId)
    {
        lock (gate)
            streams.Remove(streamId);
    }

    public async ValueTask DisposeAsync()
    {
        await transport.DisposeAsync();
        headerReader.Dispose();
        sending.Dispose();
    }

    internal async ValueTask SendAsync(SpdyFrame frame, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            await transport.WriteAsync(frame.Encode(), cancellationToken);
            await transport.FlushAsync(cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    private async Task<SpdyFrame?> ReadAsync(CancellationToken cancellationToken)
    {
        var header = new byte[SpdyFrame.HeaderBytes];
        if (await transport.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length)
            return null;
        var (type, streamId, flags, length) = SpdyFrame.ParseHeader(header);
        var payload = new byte[length];
        await transport.ReadExactlyAsync(payload, cancellationToken);
        return new(type, streamId, flags, payload);
    }

    /// <returns>False when the peer says goodbye.</returns>
    private async ValueTask<bool> HandleAsync(SpdyFrame frame, CancellationToken cancellationToken)
    {
        switch (frame.Type)
        {
            case SpdyFrameType.Data:
                if (Find(frame.StreamId) is { } target)
                    await target.ReceiveAsync(frame.Payload, frame.IsLast, cancellationToken);
                return true;
            case SpdyFrameType.SynStream:
                await AcceptAsync(frame, cancellationToken);
                return true;
            case SpdyFrameType.SynReply or SpdyFrameType.Headers:
                // What they say is of no interest, but the compressor's state goes through all of them.
                headerReader.Read(StreamPayload(frame));
                return true;
            case SpdyFrameType.RstStream:
                var id = StreamOf(frame);
                Find(id)?.Abort();
                Forget(id);
                return true;
            case SpdyFrameType.Ping:
                await SendAsync(new(SpdyFrameType.Ping, 0, 0, frame.Payload), cancellationToken);
                return true;
            case SpdyFrameType.GoAway:
                // Streams that are open may end in their own time.
                return true;
            default:
                return true;
        }
    }

    private async ValueTask AcceptAsync(SpdyFrame frame, CancellationToken cancellationToken)
    {
        const int fixedBytes = 10;
        if (frame.Payload.Length < fixedBytes)
            throw new SpdyException("SYN_STREAM is cut off");
        var stream = new SpdyStream(this, StreamOf(frame), headerReader.Read(frame.Payload.Span[fixedBytes..]));
        lock (gate)
        {
            if (streams.Count >= MaxStreams || !streams.TryAdd(stream.Id, stream))
                throw new SpdyException("too many streams, or a stream opened twice");
        }

        if (frame.IsLast)
            await stream.ReceiveAsync(default, isLast: true, cancellationToken);
        await ReplyAsync(stream.Id, cancellationToken);
        opened.Writer.TryWrite(stream);
    }

    private async ValueTask ReplyAsync(int streamId, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            var reply = SpdyFrame.ForStream(SpdyFrameType.SynReply, streamId, headerWriter.Write(new Dictionary<string, string>()));
            await transport.WriteAsync(reply.Encode(), cancellationToken);
            await transport.FlushAsync(cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }

    private SpdyStream? Find(int streamId)
    {
        lock (gate)
            return streams.GetValueOrDefault(streamId);
    }

    private static int StreamOf(SpdyFrame frame) => frame.Payload.Length >= 4
        ? BinaryPrimitives.ReadInt32BigEndian(frame.Payload.Span) & int.MaxValue
        : throw new SpdyException("frame is cut off");

    private static ReadOnlySpan<byte> StreamPayload(SpdyFrame frame) => StreamOf(frame) >= 0 ? frame.Payload.Span[4..] : default;
}
