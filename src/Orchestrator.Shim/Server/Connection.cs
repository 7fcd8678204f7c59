using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Server;

internal sealed record ReceivedFrame(MessageKind Kind, int Id, ReadOnlyMemory<byte> Payload);

/// <summary>One accepted socket: whole frames in and out. A peer that is gone swallows what is sent to it.</summary>
internal sealed class Connection(Descriptor socket, EventLoop loop) : IDisposable
{
    private readonly Readiness readiness = loop.Watch(socket);
    private Task sending = Task.CompletedTask;
    private bool broken;

    /// <summary>Bytes that were sent but not yet taken by the kernel.</summary>
    public int PendingBytes { get; private set; }

    /// <returns>Null when the peer has closed or sent nonsense.</returns>
    public async Task<ReceivedFrame?> ReceiveAsync()
    {
        var header = new byte[Frame.HeaderBytes];
        if (!await FillAsync(header))
            return null;
        var (length, kind, id) = Frame.DecodeHeader(header);
        var payload = length == 0 ? [] : new byte[length];
        return await FillAsync(payload) ? new ReceivedFrame(kind, id, payload) : null;
    }

    /// <summary>Completes when the frame has been handed to the kernel, after all that were sent before it.</summary>
    public Task SendAsync(MessageKind kind, int id, ReadOnlySpan<byte> payload)
    {
        var frame = Frame.Encode(kind, id, payload);
        PendingBytes += frame.Length;
        sending = SendAfterAsync(sending, frame);
        return sending;
    }

    public void Dispose()
    {
        broken = true;
        readiness.Dispose();
        socket.Dispose();
    }

    private async Task SendAfterAsync(Task previous, byte[] frame)
    {
        await previous;
        var sent = 0;
        while (sent < frame.Length && !broken)
        {
            var count = FileCalls.Write(socket, frame.AsSpan(sent));
            if (count >= 0)
                sent += count;
            else if (count != -Errno.EAGAIN || !await readiness.WritableAsync())
                broken = true;
        }

        PendingBytes -= frame.Length;
    }

    private async Task<bool> FillAsync(byte[] buffer)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            if (broken)
                return false;
            var count = FileCalls.Read(socket, buffer.AsSpan(filled));
            if (count > 0)
                filled += count;
            else if (count != -Errno.EAGAIN || !await readiness.ReadableAsync())
                return false;
        }

        return true;
    }
}
