using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Network;

/// <summary>
/// The body of a response on its way: what the server writes reaches the client after a delay, in order, in pieces of any size.
/// The client's reads complete in bare steps (see <see cref="Step"/>).
/// </summary>
internal sealed class ResponseBody(SimulatedProcess client) : Stream
{
    private readonly Queue<byte[]> arrived = [];
    private int readOfFirst;
    private TaskCompletionSource<int>? waiting;
    private Memory<byte> wanted;
    private Exception? fault;
    private bool hasEnded;

    /// <summary>The client has stopped reading.</summary>
    public event Action? Closed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>In a bare step of the client.</summary>
    public void Arrive(byte[] bytes)
    {
        if (hasEnded || bytes.Length == 0)
            return;
        arrived.Enqueue(bytes);
        Answer();
    }

    /// <summary>In a bare step of the client: the end, or the break of the connection.</summary>
    public void End(Exception? error)
    {
        if (hasEnded)
            return;
        fault = error;
        hasEnded = true;
        Answer();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (TryRead(buffer, out var count))
            return count;
        var reading = waiting = new TaskCompletionSource<int>();
        wanted = buffer;
        // The cancelling step has a context; the continuation must not run under it. Nor may this method come back to one: library
        // code awaits it, and goes on where it completes.
        using (cancellationToken.UnsafeRegister(_ => client.Pump.EnqueueBare(client, () => Cancel(reading, cancellationToken)), null))
            return await reading.Task.ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("a client of the simulation reads asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Forget();
        Closed?.Invoke();
        Closed = null;
        base.Dispose(disposing);
    }

    /// <summary>The buffer goes back to whoever lent it, and may be another run's by the time more arrives: it must not be written to.</summary>
    private void Cancel(TaskCompletionSource<int> reading, CancellationToken cancellationToken)
    {
        if (waiting == reading)
            Forget();
        reading.TrySetCanceled(cancellationToken);
    }

    private void Forget()
    {
        waiting = null;
        wanted = default;
    }

    private void Answer()
    {
        if (waiting is not { } reading)
            return;
        try
        {
            if (!TryRead(wanted, out var count))
                return;
            Forget();
            reading.TrySetResult(count);
        }
        catch (IOException error)
        {
            Forget();
            reading.TrySetException(error);
        }
    }

    private bool TryRead(Memory<byte> buffer, out int count)
    {
        count = 0;
        if (arrived.TryPeek(out var first))
        {
            count = Math.Min(buffer.Length, first.Length - readOfFirst);
            first.AsMemory(readOfFirst, count).CopyTo(buffer);
            readOfFirst += count;
            if (readOfFirst == first.Length)
            {
                arrived.Dequeue();
                readOfFirst = 0;
            }

            return true;
        }

        if (fault is not null)
            throw new IOException(fault.Message, fault);
        return hasEnded;
    }
}
