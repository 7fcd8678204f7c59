using System.Runtime.InteropServices;
using System.Text;
using Orchestrator.Linux.Files;

namespace Orchestrator.Linux.Processes;

/// <summary>posix_spawn(3) and waitpid(2), for daemons that .NET's Process class would tie to this process's session and streams.</summary>
public static unsafe partial class ChildProcess
{
    private const short SetSignalMask = 0x08;
    private const short SetSignalDefault = 0x04;
    private const short SetSession = 0x80;
    private const int NoHang = 1;

    // Sizes of posix_spawn_file_actions_t and posix_spawnattr_t in glibc are 80 and 336; musl's are smaller.
    private const int OpaqueSize = 512;

    /// <summary>
    /// Starts a program in a new session with all signals at their defaults, and blocked: a signal that one thread is to read
    /// from a descriptor must be blocked in those that a language runtime starts before main, too. Its standard streams are
    /// /dev/null and <paramref name="output"/> (both), and it has <paramref name="passed"/> as descriptor 3.
    /// </summary>
    /// <returns>The process id. The caller reaps it with <see cref="TryReap"/>.</returns>
    public static int SpawnDaemon(string path, IReadOnlyList<string> arguments, Descriptor output, Descriptor passed) =>
        Spawn(path, arguments, output, passed, ulong.MaxValue);

    /// <summary>Starts a foreign program in a new session, all signals at their defaults and open, input from /dev/null.</summary>
    /// <returns>The process id. The caller reaps it with <see cref="TryReap"/>.</returns>
    public static int SpawnDaemon(string path, IReadOnlyList<string> arguments, Descriptor output) =>
        Spawn(path, arguments, output, null, 0);

    private static int Spawn(string path, IReadOnlyList<string> arguments, Descriptor output, Descriptor? passed, ulong blocked)
    {
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var mask = stackalloc ulong[16];
        new Span<ulong>(mask, 16).Fill(blocked);
        Check(posix_spawn_file_actions_init(actions), "posix_spawn_file_actions_init", path);
        Check(posix_spawnattr_init(attributes), "posix_spawnattr_init", path);
        var argumentBlock = new NativeStrings([path, .. arguments]);
        try
        {
            Check(posix_spawn_file_actions_addopen(actions, 0, "/dev/null", (int)OpenFlags.ReadOnly, 0), "posix_spawn", "/dev/null");
            Check(posix_spawn_file_actions_adddup2(actions, output.Number, 1), "posix_spawn", "stdout");
            Check(posix_spawn_file_actions_adddup2(actions, output.Number, 2), "posix_spawn", "stderr");
            if (passed is not null)
                Check(posix_spawn_file_actions_adddup2(actions, passed.Number, 3), "posix_spawn", "descriptor 3");
            Check(posix_spawnattr_setflags(attributes, SetSession | SetSignalMask | SetSignalDefault), "posix_spawnattr_setflags", path);
            Check(posix_spawnattr_setsigmask(attributes, mask), "posix_spawnattr_setsigmask", path);
            new Span<ulong>(mask, 16).Clear();
            mask[0] = ulong.MaxValue & ~(1UL << (Signals.Kill - 1)) & ~(1UL << (19 - 1)) & ~(3UL << 31);
            Check(posix_spawnattr_setsigdefault(attributes, mask), "posix_spawnattr_setsigdefault", path);
            int processId;
            Check(posix_spawn(&processId, path, actions, attributes, argumentBlock.Pointers, environ()), "posix_spawn", path);
            return processId;
        }
        finally
        {
            argumentBlock.Dispose();
            _ = posix_spawn_file_actions_destroy(actions);
            _ = posix_spawnattr_destroy(attributes);
        }
    }

    /// <summary>Collects an ended child; false when it still runs or is not ours.</summary>
    public static bool TryReap(int processId)
    {
        int status;
        return waitpid(processId, &status, NoHang) == processId;
    }

    /// <summary>Waits for a child that is known to be ending, and collects it. A process that is not our child is left alone.</summary>
    public static void Reap(int processId)
    {
        int status;
        while (waitpid(processId, &status, 0) < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR)
        {
        }
    }

    /// <summary>Collects any ended child: its id and wait status, or null.</summary>
    public static (int ProcessId, int Status)? TryReapAny()
    {
        int status;
        var processId = waitpid(-1, &status, NoHang);
        return processId > 0 ? (processId, status) : null;
    }

    /// <summary>The exit code that shells and Kubernetes use: the process's own, or 128+N after signal N.</summary>
    public static int ExitCodeOf(int waitStatus) => (waitStatus & 0x7f) == 0 ? (waitStatus >> 8) & 0xff : 128 + (waitStatus & 0x7f);

    private static void Check(int errno, string call, string argument)
    {
        if (errno != 0)
            throw new LinuxException(errno, call, argument);
    }

    // The environment block of the C library, which .NET fills at start.
    private static byte** environ()
    {
        var library = NativeLibrary.GetMainProgramHandle();
        return *(byte***)NativeLibrary.GetExport(library, "environ");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn(int* processId, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc")]
    private static partial int posix_spawn_file_actions_adddup2(byte* actions, int from, int to);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigmask(byte* attributes, ulong* mask);

    [LibraryImport("libc")]
    private static partial int posix_spawnattr_setsigdefault(byte* attributes, ulong* mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int processId, int* status, int options);

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int count;

        public NativeStrings(IReadOnlyList<string> values)
        {
            count = values.Count;
            Pointers = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
            for (var index = 0; index < count; index++)
            {
                var text = Encoding.UTF8.GetBytes(values[index] + '\0');
                Pointers[index] = (byte*)NativeMemory.Alloc((nuint)text.Length);
                text.CopyTo(new Span<byte>(Pointers[index], text.Length));
            }
        }

        public byte** Pointers { get; }

        public void Dispose()
        {
            for (var index = 0; index < count; index++)
                NativeMemory.Free(Pointers[index]);
            NativeMemory.Free(Pointers);
        }
    }
}
