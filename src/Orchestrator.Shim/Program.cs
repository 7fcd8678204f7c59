using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Server;

namespace Orchestrator.Shim;

/// <summary>orc-shim serve DIRECTORY: holds one pod. The listening socket is descriptor 3; the directory is the sandbox's own.</summary>
internal static class Program
{
    private const int ListenerNumber = 3;

    public static int Main(string[] arguments)
    {
        if (arguments is not ["serve", var directory])
            return Usage();
        try
        {
            Serve(directory);
            return 0;
        }
        catch (LinuxException exception)
        {
            ShimLog.Write(exception);
            return 1;
        }
    }

    private static void Serve(string directory)
    {
        // Signals that a fault raises stay open, all others wait: only SIGKILL ends a shim from outside.
        const int illegalInstruction = 4;
        const int abort = 6;
        const int busError = 7;
        const int arithmetic = 8;
        const int segmentation = 11;
        Signals.BlockAllBut(illegalInstruction, abort, busError, arithmetic, segmentation);
        ProcessCalls.BecomeSubreaper();
        using var loop = new EventLoop();
        using var listener = new Descriptor(ListenerNumber);
        var server = new ShimServer(loop, directory, TimeProvider.System);
        loop.Run(() => server.RunAsync(listener));
    }

    private static int Usage()
    {
        ShimLog.Write(new ArgumentException("usage: orc-shim serve DIRECTORY (with a listening unix socket as descriptor 3)"));
        return 2;
    }
}
