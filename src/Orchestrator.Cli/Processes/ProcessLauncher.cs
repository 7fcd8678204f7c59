using System.Diagnostics;
using Orchestrator.Linux.Namespaces;

namespace Orchestrator.Cli.Processes;

/// <summary>Starts components of the same program in the background.</summary>
internal sealed class ProcessLauncher(string program)
{
    /// <summary>
    /// Starts <c>orc ARGUMENTS --detach-log LOG --pid-file FILE</c>; the child leaves this session by itself.
    /// </summary>
    /// <param name="networkNamespacePath">Namespace to start it in; null for the caller's own.</param>
    public void Start(ComponentStart start, string? networkNamespacePath)
    {
        var info = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = "/" };
        foreach (var argument in start.Arguments)
            info.ArgumentList.Add(argument);
        info.ArgumentList.Add("--detach-log");
        info.ArgumentList.Add(start.LogPath);
        info.ArgumentList.Add("--pid-file");
        info.ArgumentList.Add(start.PidFile);
        info.Environment["NOTIFY_SOCKET"] = start.NotifySocket;
        if (networkNamespacePath is null)
            Launch(info);
        else
            NetworkNamespace.Run(networkNamespacePath, () => Launch(info)); // A child inherits the namespace of the thread that forks it.
    }

    private static void Launch(ProcessStartInfo info)
    {
        using var process = Process.Start(info) ?? throw new InvalidOperationException($"{info.FileName} did not start");
    }
}

internal sealed record ComponentStart(IReadOnlyList<string> Arguments, string LogPath, string PidFile, string NotifySocket);
