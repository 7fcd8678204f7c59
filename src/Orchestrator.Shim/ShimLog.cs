using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Shim;

/// <summary>What goes wrong in the shim itself, a line each on stderr, which its starter has pointed at a file.</summary>
internal static class ShimLog
{
    private static readonly Descriptor StandardError = new(2);

    public static void Write(Exception exception) =>
        _ = FileCalls.Write(StandardError, Encoding.UTF8.GetBytes($"orc-shim: {exception.GetType().Name}: {exception.Message}\n"));
}
