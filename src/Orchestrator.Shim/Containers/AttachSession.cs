using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Server;

namespace Orchestrator.Shim.Containers;

/// <summary>
/// A reader and writer of a container's first process, from when it is joined to it until the container ends or the connection
/// does. Joined before the start, it gets all there is.
/// </summary>
internal sealed class AttachSession(Connection connection, int requestId, AttachSpec spec, EventLoop loop)
{
    private const int MaximumPendingBytes = 4 << 20;

    private readonly TaskCompletionSource<Container> joined = new();
    private IDisposable? listening;

    public string ContainerId => spec.ContainerId;

    /// <summary>Listens to the container from now on. The answer to the client's request must be on its way already.</summary>
    public void Join(Container target)
    {
        listening = target.Listen((isError, chunk) => SendOutputAsync(target.Spec.Process.StdinOnce, isError, chunk));
        joined.TrySetResult(target);
    }

    /// <summary>The container that was waited for will not come.</summary>
    public void GiveUp() => joined.TrySetException(NotRunning());

    /// <summary>Serves the client to the end.</summary>
    public async Task RunAsync()
    {
        var container = await joined.Task;
        using var ending = listening;
        await ServeAsync(container, await container.Started);
    }

    public StartException NotRunning() => new("attach", 0, $"container {spec.ContainerId} is not running");

    private async Task ServeAsync(Container target, ProcessStreams streams)
    {
        var reading = new TaskCompletionSource();
        loop.Begin(async () =>
        {
            try
            {
                await ReadInputAsync(target.Spec.Process.StdinOnce, streams);
            }
            finally
            {
                reading.SetResult();
            }
        });

        if (await Task.WhenAny(target.Ended.Task, reading.Task) == target.Ended.Task)
            await connection.SendAsync(MessageKind.Exited, requestId, BitConverter.GetBytes(await target.Ended.Task));
    }

    private async Task ReadInputAsync(bool stdinOnce, ProcessStreams streams)
    {
        while (await connection.ReceiveAsync() is { } frame)
        {
            // Whether the container's stdin ends with this client's is the container's choice (stdinOnce).
            var isEnd = frame.Kind == MessageKind.Stdin && frame.Payload.IsEmpty;
            if (frame.Kind == MessageKind.Stdin && (!spec.Stdin || (isEnd && !stdinOnce)))
                continue;
            await StreamInput.HandleAsync(frame, streams);
        }

        if (spec.Stdin && stdinOnce)
            await StreamInput.EndAsync(streams);
    }

    // The container's output and log must not wait for a reader: one that falls far behind is cut off. Only the client that the
    // container is there for (stdinOnce) must miss nothing, so for that one it does wait.
    private Task SendOutputAsync(bool stdinOnce, bool isError, ReadOnlyMemory<byte> chunk)
    {
        if (!(isError ? spec.Stderr : spec.Stdout))
            return Task.CompletedTask;
        var isBehind = connection.PendingBytes > MaximumPendingBytes;
        if (isBehind && !stdinOnce)
        {
            connection.Dispose();
            return Task.CompletedTask;
        }

        var sent = connection.SendAsync(isError ? MessageKind.Stderr : MessageKind.Stdout, requestId, chunk.Span);
        return isBehind ? sent : Task.CompletedTask;
    }
}
