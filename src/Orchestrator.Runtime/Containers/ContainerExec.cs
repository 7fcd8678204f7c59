using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;
using Orchestrator.Runtime.Shim;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Containers;

/// <summary>Processes that join a container, and readers of its first one.</summary>
internal sealed class ContainerExec(RuntimeContext context)
{
    private const int MaximumOutputBytes = 16 << 20;

    public async Task<IProcessStreams> ExecAsync(ExecRequest request, CancellationToken cancellationToken)
    {
        var container = RequireRunning(request.ContainerId);
        if (request.Command.Count == 0 || request.Command[0].Length == 0)
            throw new RuntimeException(RuntimeError.InvalidArgument, "no command to execute");
        var writer = new WireWriter();
        new ExecSpec(request.ContainerId, request.Command, request.Stdin, request.Stdout, request.Stderr && !request.Tty, request.Tty).Write(writer);
        return await ShimStreams.OpenAsync(
            container.Sandbox.Directory, MessageKind.Exec, writer.ToArray(),
            (request.Stdin, request.Stdout, request.Stderr && !request.Tty), cancellationToken);
    }

    public async Task<IProcessStreams> AttachAsync(AttachRequest request, CancellationToken cancellationToken)
    {
        var isCreated = context.RequireContainer(request.ContainerId).Outcome.State == ContainerState.Created;
        var container = isCreated ? context.RequireContainer(request.ContainerId) : RequireRunning(request.ContainerId);
        var hasStderr = request.Stderr && !container.Document.Config.Tty;
        var hasStdin = request.Stdin && container.Document.Config.Stdin;
        var writer = new WireWriter();
        new AttachSpec(request.ContainerId, hasStdin, request.Stdout, hasStderr).Write(writer);
        return await ShimStreams.OpenAsync(
            container.Sandbox.Directory, isCreated ? MessageKind.AttachEarly : MessageKind.Attach, writer.ToArray(), (hasStdin, request.Stdout, hasStderr), cancellationToken);
    }

    public async Task<ExecSyncResult> ExecSyncAsync(
        string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ExecRequest(containerId, command, Stdin: false, Stdout: true, Stderr: true, Tty: false);
        await using var streams = await ExecAsync(request, cancellationToken);
        using var collecting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (stdout, stderr) = (new MemoryStream(), new MemoryStream());
        var reading = Task.WhenAll(CollectAsync(streams.Stdout!, stdout, collecting.Token), CollectAsync(streams.Stderr!, stderr, collecting.Token));
        try
        {
            var ending = Task.WhenAll(reading, streams.WaitAsync(cancellationToken));
            await (timeout > TimeSpan.Zero ? ending.WaitAsync(timeout, context.Time, cancellationToken) : ending);
            return new ExecSyncResult(await streams.WaitAsync(cancellationToken), stdout.ToArray(), stderr.ToArray());
        }
        catch (TimeoutException)
        {
            // Giving up the streams, on the way out, kills the process.
            await collecting.CancelAsync();
            await reading.ContinueWith(static task => _ = task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return new ExecSyncResult(-1, stdout.ToArray(), stderr.ToArray(), TimedOut: true);
        }
    }

    // What is beyond the limit is read and dropped, so that the process can go on to its end.
    private static async Task CollectAsync(Stream source, MemoryStream target, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken)) > 0)
            target.Write(buffer, 0, (int)Math.Min(count, MaximumOutputBytes - target.Length));
    }

    private ContainerRecord RequireRunning(string containerId)
    {
        var container = context.RequireContainer(containerId);
        return container.Outcome.State == ContainerState.Running
            ? container
            : throw new RuntimeException(RuntimeError.FailedPrecondition, $"container {containerId} is not running");
    }
}
