using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>setsid(2), open(2) and dup2(2): what a process does to live on without its terminal.</summary>
public static partial class Session
{
    private const int WriteOnlyCreateAppend = 0x1 | 0x40 | 0x400;
    private const int ReadOnly = 0;

    /// <summary>
    /// Leaves the caller's session and terminal, reads from /dev/null and appends both output streams to
    /// <paramref name="logPath"/>. Call it before anything has written to the console.
    /// </summary>
    /// <exception cref="LinuxException">The log file cannot be opened.</exception>
    public static void Detach(string logPath)
    {
        // A process that leads its group already has a session to itself; that is the only reason for a refusal.
        _ = setsid();
        var inherited = new HashSet<string?> { TargetOf(0), TargetOf(1), TargetOf(2) };
        Redirect("/dev/null", ReadOnly, 0);
        Redirect(logPath, WriteOnlyCreateAppend, 1);
        if (dup2(1, 2) < 0)
            throw LinuxException.FromLastError("dup2", logPath);
        CloseCopies(inherited);
    }

    // The parent's runtime hands down copies of its own output; a reader of that output would wait for this process to end.
    private static void CloseCopies(HashSet<string?> targets)
    {
        foreach (var entry in Directory.GetFiles("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(entry), CultureInfo.InvariantCulture);
            if (descriptor > 2 && TargetOf(descriptor) is { } target && target.StartsWith("pipe:", StringComparison.Ordinal) && targets.Contains(target))
                _ = close(descriptor);
        }
    }

    private static string? TargetOf(int descriptor) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")).LinkTarget;

    private static void Redirect(string path, int flags, int descriptor)
    {
        var opened = open(path, flags, 0x1A0);
        if (opened < 0)
            throw LinuxException.FromLastError("open", path);
        if (dup2(opened, descriptor) < 0)
            throw LinuxException.FromLastError("dup2", path);
        if (opened != descriptor)
            _ = close(opened);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsid();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int dup2(int oldDescriptor, int newDescriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int close(int descriptor);
}
