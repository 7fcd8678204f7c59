using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Security;

namespace Orchestrator.Linux.Processes;

/// <summary>pidfd_open(2), prctl(2), capget(2) and sethostname(2), for the calling process.</summary>
public static unsafe partial class ProcessCalls
{
    private const uint CapabilityVersion3 = 0x20080522;

    public static Descriptor OpenProcess(int processId)
    {
        var result = syscall(SyscallNumber.PidfdOpen, processId, 0, 0);
        return result >= 0 ? new Descriptor((int)result) : throw LinuxException.FromLastError("pidfd_open", $"{processId}");
    }

    /// <summary>Makes orphaned descendants children of this process (PR_SET_CHILD_SUBREAPER).</summary>
    public static void BecomeSubreaper()
    {
        const int setChildSubreaper = 36;
        if (prctl(setChildSubreaper, 1, 0, 0, 0) != 0)
            throw LinuxException.FromLastError("prctl", "PR_SET_CHILD_SUBREAPER");
    }

    /// <summary>The capabilities that this thread could make effective.</summary>
    public static CapabilitySet PermittedCapabilities()
    {
        var header = stackalloc uint[2] { CapabilityVersion3, 0 };
        var data = stackalloc uint[6];
        if (syscall(SyscallNumber.Capget, (nint)header, (nint)data, 0) != 0)
            throw LinuxException.FromLastError("capget");
        return new CapabilitySet(data[1] | ((ulong)data[4] << 32));
    }

    public static void SetHostname(string name)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(name);
        fixed (byte* start = bytes)
        {
            if (syscall(SyscallNumber.Sethostname, (nint)start, bytes.Length, 0) != 0)
                throw LinuxException.FromLastError("sethostname", name);
        }
    }

    /// <summary>The size of the terminal behind a pseudo-terminal master.</summary>
    public static void SetTerminalSize(Descriptor master, int columns, int rows)
    {
        const int setWindowSize = 0x5414;
        var size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 };
        if (ioctl(master.Number, setWindowSize, size) != 0)
            throw LinuxException.FromLastError("ioctl", "TIOCSWINSZ");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, void* argument);
}
