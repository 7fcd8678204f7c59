using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Shim.Loop;

namespace Orchestrator.Shim.Containers;

/// <summary>The writing side of a process's stdin, a pipe or a terminal's master. Writes are made one after the other.</summary>
internal sealed class InputWriter : IDisposable
{
    private readonly Descriptor target;
    private readonly Readiness readiness;
    private Task writing = Task.CompletedTask;
    private bool closed;

    public InputWriter(Descriptor target, EventLoop loop)
    {
        this.target = target;
        FileCalls.SetNonBlocking(target);
        readiness = loop.Watch(target);
    }

    public Task WriteAsync(ReadOnlyMemory<byte> data)
    {
        writing = WriteAfterAsync(writing, data);
        return writing;
    }

    public void Dispose()
    {
        if (closed)
            return;
        closed = true;
        readiness.Dispose();
        target.Dispose();
    }

    private async Task WriteAfterAsync(Task previous, ReadOnlyMemory<byte> data)
    {
        await previous;
        while (!data.IsEmpty && !closed)
        {
            var count = FileCalls.Write(target, data.Span);
            if (count >= 0)
                data = data[count..];
            else if (count != -Errno.EAGAIN || !await readiness.WritableAsync())
                return;
        }
    }
}
