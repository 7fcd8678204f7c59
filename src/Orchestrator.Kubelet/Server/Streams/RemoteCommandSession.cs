using System.Globalization;

namespace Orchestrator.Kubelet.Server.Streams;

/// <summary>Joins a process's streams and a client's, until the process ends or the client goes.</summary>
internal static class RemoteCommandSession
{
    public static async Task RunAsync(IRemoteStreams client, Func<CancellationToken, Task<Cri.IProcessStreams>> start)
    {
        var closed = client.Closed;
        Status status;
        try
        {
            await using var process = await start(closed);
            using var inputStop = CancellationTokenSource.CreateLinkedTokenSource(closed);
            var input = CopyInputAsync(client.Stdin, process.Stdin, inputStop.Token);
            var sizes = CopySizesAsync(client, process, inputStop.Token);
            // Output first: all that the process wrote belongs before its exit status.
            await Task.WhenAll(CopyOutputAsync(process.Stdout, client.Stdout, closed), CopyOutputAsync(process.Stderr, client.Stderr, closed));
            status = StatusOf(await process.WaitAsync(closed));
            await inputStop.CancelAsync();
            await Task.WhenAll(input, sizes);
        }
        catch (OperationCanceledException) when (closed.IsCancellationRequested)
        {
            return;
        }
        catch (Cri.RuntimeException failure)
        {
            status = InternalError(failure.Message);
        }

        try
        {
            await client.FinishAsync(status, closed);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or System.Net.WebSockets.WebSocketException)
        {
            // Nobody is left to hear it.
        }
    }

    internal static Status StatusOf(int exitCode) => exitCode == 0
        ? new() { Metadata = new(), StatusValue = "Success" }
        : new()
        {
            Metadata = new(),
            StatusValue = "Failure",
            Message = $"command terminated with non-zero exit code: exit status {exitCode.ToString(CultureInfo.InvariantCulture)}",
            Reason = "NonZeroExitCode",
            Details = new() { Causes = [new() { Reason = "ExitCode", Message = exitCode.ToString(CultureInfo.InvariantCulture) }] },
        };

    internal static Status InternalError(string message) => new()
    {
        Metadata = new(), StatusValue = "Failure", Message = message, Reason = "InternalError", Code = 500,
        Details = new() { Causes = [new() { Message = message }] },
    };

    private static async Task CopyOutputAsync(Stream? from, Stream? to, CancellationToken cancellationToken)
    {
        if (from is null)
            return;
        try
        {
            if (to is null)
                await from.CopyToAsync(Stream.Null, cancellationToken);
            else
                await from.CopyToAsync(to, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or System.Net.WebSockets.WebSocketException)
        {
            // One side is gone; the wait for the process, or for the client, tells which.
        }
    }

    private static async Task CopyInputAsync(Stream? from, Stream? to, CancellationToken cancellationToken)
    {
        if (from is null || to is null)
            return;
        try
        {
            await from.CopyToAsync(to, cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The process no longer reads, or the session is over.
        }
        finally
        {
            // The end of the client's input is the end of the process's.
            await to.DisposeAsync();
        }
    }

    private static async Task CopySizesAsync(IRemoteStreams client, Cri.IProcessStreams process, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var size in client.Resizes.ReadAllAsync(cancellationToken))
                await process.ResizeAsync(size.Columns, size.Rows, cancellationToken);
        }
        catch (Exception over) when (over is OperationCanceledException or Cri.RuntimeException or IOException)
        {
            // The session is over.
        }
    }
}
