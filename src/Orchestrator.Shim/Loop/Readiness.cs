using System.Diagnostics;
using Orchestrator.Linux.Events;
using Orchestrator.Linux.Files;

namespace Orchestrator.Shim.Loop;

/// <summary>Waits for one descriptor: at most one reader and one writer at a time.</summary>
internal sealed class Readiness(EventLoop loop, Descriptor descriptor) : IDisposable
{
    private TaskCompletionSource<bool>? reader;
    private TaskCompletionSource<bool>? writer;
    private bool disposed;

    /// <returns>False when the watch was disposed meanwhile.</returns>
    public Task<bool> ReadableAsync()
    {
        Debug.Assert(reader is null, "one reader at a time");
        return disposed ? Task.FromResult(false) : Wait(ref reader);
    }

    /// <returns>False when the watch was disposed meanwhile.</returns>
    public Task<bool> WritableAsync()
    {
        Debug.Assert(writer is null, "one writer at a time");
        return disposed ? Task.FromResult(false) : Wait(ref writer);
    }

    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        loop.Forget(descriptor);
        Complete(ref reader, false);
        Complete(ref writer, false);
    }

    internal void Signal(EpollEvents events)
    {
        var broken = (events & (EpollEvents.Error | EpollEvents.HangUp)) != 0;
        var readable = reader is not null && (broken || (events & EpollEvents.Readable) != 0);
        var writable = writer is not null && (broken || (events & EpollEvents.Writable) != 0);
        var (wakeReader, wakeWriter) = (readable ? reader : null, writable ? writer : null);
        if (readable)
            reader = null;
        if (writable)
            writer = null;
        Arm();
        wakeReader?.SetResult(true);
        wakeWriter?.SetResult(true);
    }

    private static void Complete(ref TaskCompletionSource<bool>? waiter, bool result)
    {
        var completed = waiter;
        waiter = null;
        completed?.SetResult(result);
    }

    private Task<bool> Wait(ref TaskCompletionSource<bool>? waiter)
    {
        waiter = new TaskCompletionSource<bool>();
        var task = waiter.Task;
        Arm();
        return task;
    }

    private void Arm()
    {
        var events = (reader is null ? EpollEvents.None : EpollEvents.Readable) | (writer is null ? EpollEvents.None : EpollEvents.Writable);
        if (events != EpollEvents.None)
            loop.Arm(descriptor, events);
    }
}
