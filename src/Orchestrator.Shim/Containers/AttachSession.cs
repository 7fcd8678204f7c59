using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Server;

namespace Orchestrator.Shim.Containers;

/// <summary>A reader and writer of a container's first process, from now until it ends or the connection does.</summary>
internal sealed class AttachSession(Connection connection, int requestId, AttachSpec spec, Container container, EventLoop loop)
{
    private const int MaximumPendingBytes = 4 << 20;

    public async Task RunAsync()
    {
        if (!container.IsRunning || container.Streams is not { } streams)
            throw new StartException("attach", 0, $"container {spec.ContainerId} is not running");
        var answered = connection.SendAsync(MessageKind.Done, requestId, []);
        using var listening = container.Listen(SendOutputAsync);
        await answered;
        var reading = new TaskCompletionSource();
        loop.Begin(async () =>
        {
            try
            {
                await ReadInputAsync(streams);
            }
            finally
            {
                reading.SetResult();
            }
        });

        if (await Task.WhenAny(container.Ended.Task, reading.Task) == container.Ended.Task)
            await connection.SendAsync(MessageKind.Exited, requestId, BitConverter.GetBytes(await container.Ended.Task));
    }

    private async Task ReadInputAsync(ProcessStreams streams)
    {
        while (await connection.ReceiveAsync() is { } frame)
        {
            // Whether the container's stdin ends with this client's is the container's choice (stdinOnce).
            var isEnd = frame.Kind == MessageKind.Stdin && frame.Payload.IsEmpty;
            if (frame.Kind == MessageKind.Stdin && (!spec.Stdin || (isEnd && !container.Spec.Process.StdinOnce)))
                continue;
            await StreamInput.HandleAsync(frame, streams);
        }

        if (spec.Stdin && container.Spec.Process.StdinOnce)
            await StreamInput.EndAsync(streams);
    }

    // The container's output and log must not wait for a reader: one that falls far behind is cut off. Only the client that the
    // container is there for (stdinOnce) must miss nothing, so for that one it does wait.
    private Task SendOutputAsync(bool isError, ReadOnlyMemory<byte> chunk)
    {
        if (!(isError ? spec.Stderr : spec.Stdout))
            return Task.CompletedTask;
        var isBehind = connection.PendingBytes > MaximumPendingBytes;
        if (isBehind && !container.Spec.Process.StdinOnce)
        {
            connection.Dispose();
            return Task.CompletedTask;
        }

        var sent = connection.SendAsync(isError ? MessageKind.Stderr : MessageKind.Stdout, requestId, chunk.Span);
        return isBehind ? sent : Task.CompletedTask;
    }
}
