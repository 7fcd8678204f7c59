using System.Globalization;
using System.Runtime.InteropServices;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Processes;

/// <summary>signal(7) names, kill(2), sigprocmask(2) and signalfd(2). Numbers are those of x64 and arm64.</summary>
public static unsafe partial class Signals
{
    public const int Hangup = 1;
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    public const int Pipe = 13;
    public const int Terminate = 15;
    public const int Child = 17;

    /// <summary>The highest signal number, SIGRTMAX.</summary>
    public const int Highest = 64;

    private const int RealTimeMinimum = 34;
    private const int SetMask = 2;

    // By number; the empty places are not signals.
    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
        "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>Reads "SIGTERM", "TERM", "15", "SIGRTMIN+3" or "RTMAX-1" (any case).</summary>
    public static bool TryParse(string? text, out int signal)
    {
        signal = 0;
        if (string.IsNullOrEmpty(text))
            return false;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
            return signal is > 0 and <= Highest;

        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text[3..] : text;
        for (var number = 1; number < Names.Length; number++)
        {
            if (string.Equals(Names[number], name, StringComparison.OrdinalIgnoreCase))
            {
                signal = number;
                return true;
            }
        }

        return TryParseAlias(name, out signal) || TryParseRealTime(name, out signal);
    }

    public static string NameOf(int signal) => signal > 0 && signal < Names.Length ? "SIG" + Names[signal] : $"signal {signal}";

    /// <summary>Sends a signal; a process (or group, when negative) that is gone is no error.</summary>
    /// <returns>False when there was nothing to signal.</returns>
    public static bool Send(int processId, int signal)
    {
        if (kill(processId, signal) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == Errno.ESRCH
            ? false
            : throw LinuxException.FromLastError("kill", $"{processId} with {NameOf(signal)}");
    }

    /// <summary>Blocks all signals of the calling thread but the given ones, and returns the old mask.</summary>
    public static ulong BlockAllBut(params ReadOnlySpan<int> open)
    {
        var mask = ulong.MaxValue;
        foreach (var signal in open)
            mask &= ~(1UL << (signal - 1));
        ulong old;
        if (syscall(SyscallNumber.RtSigprocmask, SetMask, (nint)(&mask), (nint)(&old), sizeof(ulong)) != 0)
            throw LinuxException.FromLastError("rt_sigprocmask");
        return old;
    }

    /// <summary>A descriptor that becomes readable when the calling process has one of the (blocked) signals pending.</summary>
    public static Descriptor OpenSignalDescriptor(params ReadOnlySpan<int> signals)
    {
        // A glibc sigset_t is 1024 bits wide; the kernel reads the first 64.
        var mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Clear();
        foreach (var signal in signals)
            mask[0] |= 1UL << (signal - 1);
        var result = signalfd(-1, mask, (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlock));
        return result >= 0 ? new Descriptor(result) : throw LinuxException.FromLastError("signalfd");
    }

    private static bool TryParseAlias(string name, out int signal)
    {
        signal = name.ToUpperInvariant() switch { "CLD" => Child, "POLL" => 29, "IOT" => 6, "UNUSED" => 31, _ => 0 };
        return signal != 0;
    }

    private static bool TryParseRealTime(string name, out int signal)
    {
        signal = 0;
        var fromMinimum = name.StartsWith("RTMIN", StringComparison.OrdinalIgnoreCase);
        if (!fromMinimum && !name.StartsWith("RTMAX", StringComparison.OrdinalIgnoreCase))
            return false;
        var offset = 0;
        if (name.Length > 5 && !int.TryParse(name.AsSpan(5), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset))
            return false;
        signal = (fromMinimum ? RealTimeMinimum : Highest) + offset;
        return signal is >= RealTimeMinimum and <= Highest;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int signalfd(int descriptor, ulong* mask, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d);
}
