using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Shim.Loop;

namespace Orchestrator.Shim.Containers;

/// <summary>Reads a process's output until it ends, or until <see cref="Stop"/> and nothing more is there.</summary>
internal sealed class OutputPump
{
    private const int ChunkBytes = 32 * 1024;

    private readonly Descriptor source;
    private readonly Readiness readiness;
    private bool stopping;

    /// <param name="source">Taken over, and closed at the end.</param>
    public OutputPump(Descriptor source, EventLoop loop, Func<ReadOnlyMemory<byte>, Task> sink)
    {
        this.source = source;
        FileCalls.SetNonBlocking(source);
        readiness = loop.Watch(source);
        Completion = RunAsync(sink);
    }

    public Task Completion { get; }

    /// <summary>The process is gone: take what it left and do not wait for others that hold the pipe.</summary>
    public Task StopAsync()
    {
        stopping = true;
        readiness.Dispose();
        return Completion;
    }

    private async Task RunAsync(Func<ReadOnlyMemory<byte>, Task> sink)
    {
        byte[]? buffer = null;
        while (true)
        {
            if (buffer is null)
            {
                // An idle container keeps no buffer.
                if (!stopping)
                    await readiness.ReadableAsync();
                buffer = new byte[ChunkBytes];
            }

            var count = FileCalls.Read(source, buffer);
            if (count > 0)
                await sink(buffer.AsMemory(0, count));
            else if (count == -Errno.EAGAIN && !stopping)
                buffer = null;
            else
                break;
        }

        readiness.Dispose();
        source.Dispose();
    }
}
