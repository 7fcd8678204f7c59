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

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setns(int descriptor, int kinds);
}
