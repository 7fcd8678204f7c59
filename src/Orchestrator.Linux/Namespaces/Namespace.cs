using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Namespaces;

/// <summary>Kinds of namespaces(7), with the values of clone(2)'s flags.</summary>
[Flags]
public enum NamespaceKinds : long
{
    None = 0,
    Mount = 0x00020000,
    Cgroup = 0x02000000,
    Uts = 0x04000000,
    Ipc = 0x08000000,
    User = 0x10000000,
    Pid = 0x20000000,
    Network = 0x40000000,
}

/// <summary>
/// unshare(2) and setns(2). Both act on the calling thread alone, so only a thread that the caller owns from start to end may
/// use them, with no await between.
/// </summary>
public static partial class Namespace
{
    public static void Unshare(NamespaceKinds kinds)
    {
        if (unshare((int)kinds) != 0)
            throw LinuxException.FromLastError("unshare", kinds.ToString());
    }

    /// <param name="target">A namespace file, or a pidfd with any combination of kinds (Linux 5.8).</param>
    public static void Enter(Descriptor target, NamespaceKinds kinds)
    {
        if (setns(target.Number, (int)kinds) != 0)
            throw LinuxException.FromLastError("setns", kinds.ToString());
    }

    /// <summary>Runs a function on a fresh thread that has entered the network namespace at a path, and returns what it made there.</summary>
    /// <remarks>Sockets stay in the namespace they were made in, so they may be used from any thread afterwards.</remarks>
    public static T RunInNetwork<T>(string path, Func<T> function)
    {
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    using var target = FileCalls.Open(path, OpenFlags.ReadOnly);
                    Enter(target, NamespaceKinds.Network);
                    result = function();
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            },
            maxStackSize: 256 * 1024)
        { IsBackground = true, Name = "netns" };
        thread.Start();
        thread.Join();
        if (failure is not null)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
        return result!;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kinds);
}
