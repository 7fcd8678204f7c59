using System.Runtime.InteropServices;

namespace Orchestrator.Linux.Processes;

/// <summary>tcgetattr(3) and tcsetattr(3): the calling process's terminal.</summary>
public static partial class Terminal
{
    private const int StandardInput = 0;
    private const int DrainFirst = 1;

    // struct termios of glibc: four flag words, a line discipline, 32 control characters, two speeds.
    private const int TermiosBytes = 60;

    /// <summary>Passes every key on as it is, unechoed, until the result is disposed.</summary>
    /// <exception cref="LinuxException">Standard input is no terminal.</exception>
    public static unsafe IDisposable MakeRaw()
    {
        var saved = new byte[TermiosBytes];
        var raw = new byte[TermiosBytes];
        fixed (byte* original = saved, changed = raw)
        {
            if (tcgetattr(StandardInput, original) != 0)
                throw LinuxException.FromLastError("tcgetattr");
            saved.CopyTo(raw, 0);
            cfmakeraw(changed);
            if (tcsetattr(StandardInput, DrainFirst, changed) != 0)
                throw LinuxException.FromLastError("tcsetattr");
        }

        return new Restore(saved);
    }

    private sealed class Restore(byte[] saved) : IDisposable
    {
        public unsafe void Dispose()
        {
            fixed (byte* original = saved)
                _ = tcsetattr(StandardInput, DrainFirst, original); // The terminal may be gone; then there is nothing to restore.
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcgetattr(int descriptor, byte* termios);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int tcsetattr(int descriptor, int actions, byte* termios);

    [LibraryImport("libc")]
    private static unsafe partial void cfmakeraw(byte* termios);
}
