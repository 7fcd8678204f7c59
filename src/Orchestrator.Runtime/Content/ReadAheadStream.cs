using System.Collections.Concurrent;

namespace Orchestrator.Runtime.Content;

/// <summary>
/// Reads its source on a second thread, some buffers ahead, so that decompressing and hashing run beside what consumes the
/// data. Failures of the source surface in <see cref="Read(Span{byte})"/>. Disposing waits for the thread, then disposes the source.
/// </summary>
internal sealed class ReadAheadStream : ForwardStream
{
    private const int BufferBytes = 512 << 10;
    private const int Buffers = 4;

    private readonly Stream source;
    private readonly BlockingCollection<byte[]> free = new(Buffers);
    private readonly BlockingCollection<(byte[] Data, int Count)> full = new(Buffers);
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;
    private byte[]? current;
    private int offset;
    private int count;
    private bool ended;

    public ReadAheadStream(Stream source)
    {
        this.source = source;
        for (var i = 0; i < Buffers; i++)
            free.Add(GC.AllocateUninitializedArray<byte>(BufferBytes));
        pump = WorkerThread.RunAsync("read-ahead", Pump);
    }

    public override int Read(Span<byte> buffer)
    {
        if (offset == count && !Advance())
            return 0;
        var length = Math.Min(buffer.Length, count - offset);
        current.AsSpan(offset, length).CopyTo(buffer);
        offset += length;
        return length;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        stop.Cancel();
        // The pump's own failure was told to the reader, or nobody reads any more.
        ((IAsyncResult)pump).AsyncWaitHandle.WaitOne();
        source.Dispose();
        free.Dispose();
        full.Dispose();
        stop.Dispose();
    }

    private bool Advance()
    {
        if (ended)
            return false;
        if (current is not null)
            free.Add(current);
        if (!full.TryTake(out var next, Timeout.Infinite))
        {
            ended = true;
            current = null;
            pump.GetAwaiter().GetResult();
            return false;
        }

        (current, count) = next;
        offset = 0;
        return true;
    }

    private void Pump()
    {
        try
        {
            while (true)
            {
                var buffer = free.Take(stop.Token);
                var filled = source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
                if (filled > 0)
                    full.Add((buffer, filled), stop.Token);
                if (filled < buffer.Length)
                    return;
            }
        }
        finally
        {
            full.CompleteAdding();
        }
    }
}
