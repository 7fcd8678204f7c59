using System.Runtime.InteropServices;
using Orchestrator.Linux.Processes;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Containers;

/// <summary>Connects a container's process to this program's terminal or streams until the process ends.</summary>
internal static class ProcessConsole
{
    /// <param name="tty">Whether standard input is a terminal whose every key and size goes to the process.</param>
    /// <returns>The process's exit code.</returns>
    public static async Task<int> RunAsync(IProcessStreams process, bool tty, CancellationToken cancellationToken)
    {
        using var raw = tty ? Terminal.MakeRaw() : null;
        using var resizing = tty ? PosixSignalRegistration.Create(PosixSignal.SIGWINCH, signal => _ = ResizeAsync(process)) : null;
        if (tty)
            await ResizeAsync(process);
        // Not awaited: a read from the console cannot be called back, and the process may end without ever asking for input.
        if (process.Stdin is { } input)
            _ = SendInputAsync(input, cancellationToken);
        await Task.WhenAll(
            CopyAsync(process.Stdout, Console.OpenStandardOutput(), cancellationToken),
            CopyAsync(process.Stderr, Console.OpenStandardError(), cancellationToken));
        return await process.WaitAsync(cancellationToken);
    }

    private static async Task ResizeAsync(IProcessStreams process)
    {
        try
        {
            await process.ResizeAsync(Console.WindowWidth, Console.WindowHeight, CancellationToken.None);
        }
        catch (IOException)
        {
            // It has just ended, and its terminal with it.
        }
    }

    private static async Task SendInputAsync(Stream target, CancellationToken cancellationToken)
    {
        try
        {
            await Console.OpenStandardInput().CopyToAsync(target, cancellationToken);
            await target.DisposeAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The process has ended, or nobody waits for it any more.
        }
    }

    private static async Task CopyAsync(Stream? source, Stream target, CancellationToken cancellationToken)
    {
        if (source is null)
            return;
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await source.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await target.FlushAsync(cancellationToken);
        }
    }
}
