using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Runtime.Shim;

/// <summary>Starts shims. The socket listens before the shim runs, so one can connect at once.</summary>
internal sealed class ShimLauncher(string shimPath)
{
    private const uint LogMode = 0x180;

    /// <returns>The shim's process id.</returns>
    /// <exception cref="Orchestrator.Linux.LinuxException">The program is missing or the kernel refused.</exception>
    public int Launch(string sandboxDirectory)
    {
        using var directory = FileCalls.Open(sandboxDirectory, OpenFlags.Path | OpenFlags.Directory);
        using var listener = SocketCalls.ListenUnix(directory, ShimConnection.SocketName);
        using var log = FileCalls.Open(
            Path.Combine(sandboxDirectory, "shim.log"), OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, LogMode);
        return ChildProcess.SpawnDaemon(shimPath, ["serve", sandboxDirectory], log, listener);
    }
}
