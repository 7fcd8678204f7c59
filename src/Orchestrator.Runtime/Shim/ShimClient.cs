using System.Collections.Concurrent;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Shim;

/// <summary>
/// The control connection to one shim: requests with their answers, and the ends of containers as they happen. When the shim
/// is gone, pending requests fail with <see cref="RuntimeError.Unavailable"/> and <see cref="Closed"/> completes.
/// </summary>
internal sealed class ShimClient : IDisposable
{
    private readonly ShimConnection connection;
    private readonly Action<ContainerReport> onExit;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> pending = [];
    private readonly CancellationTokenSource disposal = new();
    private int lastId;

    private ShimClient(ShimConnection connection, Action<ContainerReport> onExit)
    {
        this.connection = connection;
        this.onExit = onExit;
        Closed = ReadAsync();
    }

    /// <summary>Completes when the shim has closed the connection, or this client was disposed.</summary>
    public Task Closed { get; }

    public bool IsDisposed => disposal.IsCancellationRequested;

    /// <param name="onExit">Called in order, on a pool thread; it must not block.</param>
    public static async Task<(ShimClient Client, HelloReply Hello)> ConnectAsync(
        string sandboxDirectory, Action<ContainerReport> onExit, CancellationToken cancellationToken)
    {
        var client = new ShimClient(await ShimConnection.OpenAsync(sandboxDirectory, cancellationToken), onExit);
        try
        {
            var hello = HelloReply.Read(await client.AskAsync(MessageKind.Hello, static _ => { }, cancellationToken));
            if (hello.Version != Frame.ProtocolVersion)
                throw new RuntimeException(RuntimeError.FailedPrecondition, $"the shim speaks version {hello.Version}, not {Frame.ProtocolVersion}");
            return (client, hello);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public Task StartSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken) =>
        AskAsync(MessageKind.StartSandbox, spec.Write, cancellationToken);

    public async Task<ContainerReport> StartContainerAsync(ContainerSpec spec, CancellationToken cancellationToken) =>
        ContainerReport.Read(await AskAsync(MessageKind.StartContainer, spec.Write, cancellationToken));

    public Task SignalAsync(string containerId, int signal, CancellationToken cancellationToken) => AskAsync(
        MessageKind.SignalContainer,
        writer =>
        {
            writer.Text(containerId);
            writer.Int(signal);
        },
        cancellationToken);

    public Task ReopenLogAsync(string containerId, CancellationToken cancellationToken) =>
        AskAsync(MessageKind.ReopenLog, writer => writer.Text(containerId), cancellationToken);

    public Task ForgetAsync(string containerId, CancellationToken cancellationToken) =>
        AskAsync(MessageKind.ForgetContainer, writer => writer.Text(containerId), cancellationToken);

    /// <summary>Kills all containers and ends the shim; completes when its sockets are closed.</summary>
    public async Task ShutdownAsync(CancellationToken cancellationToken)
    {
        await AskAsync(MessageKind.Shutdown, static _ => { }, cancellationToken);
        await Closed.WaitAsync(cancellationToken);
    }

    public void Dispose()
    {
        disposal.Cancel();
        connection.Dispose();
    }

    private async Task<WireReader> AskAsync(MessageKind kind, Action<WireWriter> write, CancellationToken cancellationToken)
    {
        var id = Interlocked.Increment(ref lastId);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        pending[id] = answer;
        try
        {
            if (Closed is { IsCompleted: true })
                throw Gone(null);
            var writer = new WireWriter();
            write(writer);
            await connection.SendAsync(kind, id, writer.ToArray(), cancellationToken);
            return new WireReader(await answer.Task.WaitAsync(cancellationToken));
        }
        catch (IOException exception)
        {
            throw Gone(exception);
        }
        finally
        {
            pending.TryRemove(id, out _);
        }
    }

    private async Task ReadAsync()
    {
        // Leaves the constructor before anything can be received.
        await Task.Yield();
        try
        {
            while (await connection.ReceiveAsync(disposal.Token) is { } frame)
                Dispatch(frame.Kind, frame.Id, frame.Payload);
        }
        catch (OperationCanceledException) when (disposal.IsCancellationRequested)
        {
            // Disposed: the callers that wait are told below.
        }

        foreach (var answer in pending.Values)
            answer.TrySetException(Gone(null));
    }

    private void Dispatch(MessageKind kind, int id, byte[] payload)
    {
        switch (kind)
        {
            case MessageKind.ContainerExited:
                onExit(ContainerReport.Read(new WireReader(payload)));
                break;
            case MessageKind.Done when pending.TryGetValue(id, out var answer):
                answer.TrySetResult(payload);
                break;
            case MessageKind.Failed when pending.TryGetValue(id, out var answer):
                answer.TrySetException(ShimFailure.ToException(Failure.Read(new WireReader(payload))));
                break;
        }
    }

    private static RuntimeException Gone(Exception? cause) => new(RuntimeError.Unavailable, "the sandbox's shim is gone", cause);
}
