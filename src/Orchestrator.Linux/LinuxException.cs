using System.Runtime.InteropServices;

namespace Orchestrator.Linux;

/// <summary>A system call or netlink request that the kernel refused: which call, on what, and the errno.</summary>
public sealed class LinuxException : Exception
{
    public LinuxException(int errno, string call, string argument = "", string detail = "")
        : base(Describe(errno, call, argument, detail))
    {
        ErrorNumber = errno;
        Call = call;
        Argument = argument;
    }

    /// <summary>A positive errno value, one of <see cref="Errno"/>.</summary>
    public int ErrorNumber { get; }

    public string Call { get; }

    public string Argument { get; }

    /// <summary>Reads errno of the last LibraryImport call made with SetLastError on this thread.</summary>
    public static LinuxException FromLastError(string call, string argument = "") =>
        new(Marshal.GetLastPInvokeError(), call, argument);

    private static string Describe(int errno, string call, string argument, string detail)
    {
        var subject = argument.Length == 0 ? call : $"{call} {argument}";
        var reason = $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})";
        return detail.Length == 0 ? $"{subject}: {reason}" : $"{subject}: {reason}: {detail}";
    }
}
