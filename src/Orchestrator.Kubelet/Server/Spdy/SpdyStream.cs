using System.IO.Pipelines;

namespace Orchestrator.Kubelet.Server.Spdy;

/// <summary>One stream of a SPDY connection. Reading ends when the peer closes its half; disposing closes ours.</summary>
internal sealed class SpdyStream : Stream
{
    /// <summary>More than this is not held for a slow reader: then the whole connection waits.</summary>
    private const int PauseBytes = 4 * 1024 * 1024;

    private const int MaxFrameBytes = 16 * 1024;
    private readonly SpdyConnection connection;
    private readonly Pipe incoming = new(new PipeOptions(pauseWriterThreshold: PauseBytes, resumeWriterThreshold: PauseBytes / 2, useSynchronizationContext: false));
    private readonly Stream reading;
    private readonly CancellationTokenSource reset = new();
    private int isClosed;

    public SpdyStream(SpdyConnection connection, int id, IReadOnlyDictionary<string, string> headers)
    {
        (this.connection, Id, Headers) = (connection, id, headers);
        reading = incoming.Reader.AsStream();
    }

    public int Id { get; }

    /// <summary>Names in any case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Cancelled when the peer wants nothing more to do with the stream, or the connection is lost.</summary>
    public CancellationToken WasReset => reset.Token;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            ObjectDisposedException.ThrowIf(isClosed != 0, this);
            var part = buffer[..Math.Min(buffer.Length, MaxFrameBytes)];
            await connection.SendAsync(new(SpdyFrameType.Data, Id, 0, part), cancellationToken);
            buffer = buffer[part.Length..];
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Closes our half: the peer reads to an end.</summary>
    public async ValueTask CloseAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref isClosed, 1) == 0)
            await connection.SendAsync(new(SpdyFrameType.Data, Id, SpdyFrame.Fin, default), cancellationToken);
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => reading.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        reading.ReadAsync(buffer, offset, count, cancellationToken);

    public override void Flush()
    {
        // Frames are sent as they are written.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    internal async ValueTask ReceiveAsync(ReadOnlyMemory<byte> data, bool isLast, CancellationToken cancellationToken)
    {
        if (!data.IsEmpty)
            await incoming.Writer.WriteAsync(data, cancellationToken);
        if (isLast)
            await incoming.Writer.CompleteAsync();
    }

    /// <summary>The peer, or the loss of the connection, ends both halves.</summary>
    internal void Abort()
    {
        Interlocked.Exchange(ref isClosed, 1);
        incoming.Writer.Complete();
        reset.Cancel();
    }
}
