using System.Runtime.InteropServices;
using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Shim.Init;

/// <summary>
/// Makes child processes with clone3(2). The child is a copy of this process with one thread, in which no managed service may
/// be used: no allocation, no lazy binding, no exception. So it only walks a <see cref="StepProgram"/>, or waits for ever as the
/// first process of a PID namespace. The calls below neither switch the garbage collector's mode nor resolve symbols at run
/// time, because libc is bound directly when the shim is compiled.
/// </summary>
internal static unsafe partial class Child
{
    private const int Tolerated = -1;
    private const ulong CloneClearSignalHandlers = 0x1_0000_0000;
    private const ulong CloneIntoCgroup = 0x2_0000_0000;

    /// <summary>Starts a child that runs a program.</summary>
    /// <param name="reportTo">The child's end of the channel on which a failed step is reported.</param>
    /// <param name="unified">The cgroup v2 directory to be born in, or null.</param>
    public static int Start(StepProgram program, long namespaces, Descriptor reportTo, Descriptor? unified)
    {
        var steps = program.Compile();
        var count = program.Count;
        var report = reportTo.Number;
        var (write, exit, execute) = (SyscallNumber.Write, SyscallNumber.ExitGroup, SyscallNumber.Execve);
        var arguments = Arguments(namespaces, unified);
        var errno = __errno_location();
        var number = SyscallNumber.Clone3;
        var mask = Signals.BlockAllBut();
        var child = syscall(number, (nint)(&arguments), sizeof(CloneArguments), 0, 0, 0, 0);
        if (child == 0)
            RunSteps(steps, count, report, errno, write, exit, execute);
        var failure = child < 0 ? *errno : 0;
        RestoreMask(mask);
        return failure == 0 ? (int)child : throw new LinuxException(failure, "clone3");
    }

    /// <summary>Starts the first process of a PID namespace: it reaps what is orphaned there and ends with the shim.</summary>
    public static int StartFirstProcess(long namespaces)
    {
        var arguments = Arguments(namespaces, null);
        var errno = __errno_location();
        var (clone, wait, sigwait, closeRange, prctl) =
            (SyscallNumber.Clone3, SyscallNumber.Wait4, SyscallNumber.RtSigtimedwait, SyscallNumber.CloseRange, SyscallNumber.Prctl);
        var childOnly = 1UL << (Signals.Child - 1);
        var name = stackalloc byte[] { (byte)'p', (byte)'a', (byte)'u', (byte)'s', (byte)'e', 0 };
        var mask = Signals.BlockAllBut();
        var child = syscall(clone, (nint)(&arguments), sizeof(CloneArguments), 0, 0, 0, 0);
        if (child == 0)
            ReapForEver(wait, sigwait, closeRange, prctl, &childOnly, name);
        var failure = child < 0 ? *errno : 0;
        RestoreMask(mask);
        return failure == 0 ? (int)child : throw new LinuxException(failure, "clone3");
    }

    private static CloneArguments Arguments(long namespaces, Descriptor? unified) => new()
    {
        Flags = (ulong)namespaces | CloneClearSignalHandlers | (unified is null ? 0 : CloneIntoCgroup),
        ExitSignal = Signals.Child,
        Cgroup = unified is null ? 0 : (ulong)unified.Number,
    };

    private static void RestoreMask(ulong mask)
    {
        const int setMask = 2;
        _ = syscall(SyscallNumber.RtSigprocmask, setMask, (nint)(&mask), 0, sizeof(ulong), 0, 0);
    }

    /// <summary>Runs the steps up to the first that fails, and tells of that one. Never returns.</summary>
    private static void RunSteps(Step* steps, int count, int report, int* errno, int write, int exit, int execute)
    {
        StepFailure failure;
        for (var index = 0; index < count; index++)
        {
            var step = steps + index;
            var error = step->Number == Step.ExecuteCandidates ? Execute(step, errno, execute) : Perform(step, errno);
            if (error == 0)
                index += step->HasAlternative;
            if (error is 0 or Tolerated)
                continue;
            failure.Index = index;
            failure.ErrorNumber = error;
            _ = syscall(write, report, (nint)(&failure), sizeof(StepFailure), 0, 0, 0);
            break;
        }

        while (true)
            _ = syscall(exit, 127, 0, 0, 0, 0, 0);
    }

    private static int Perform(Step* step, int* errno)
    {
        *errno = 0;
        var result = syscall(
            (nint)step->Number, Value(step, 0), Value(step, 1), Value(step, 2), Value(step, 3), Value(step, 4), Value(step, 5));
        if (result >= step->MinimumResult)
        {
            if (step->Result != null)
                *step->Result = result;
            return 0;
        }

        var error = *errno == 0 ? Errno.EIO : *errno;
        for (var index = 0; index < 4; index++)
        {
            if (step->Tolerated[index] == error)
                return Tolerated;
        }

        return error;
    }

    // Tries path after path like execvp(3): a missing file leads on, a forbidden one too but is what is told at the end.
    private static int Execute(Step* step, int* errno, int execute)
    {
        var error = Errno.ENOENT;
        for (var path = (nint*)step->Arguments[0]; *path != 0; path++)
        {
            _ = syscall(execute, *path, (nint)step->Arguments[1], (nint)step->Arguments[2], 0, 0, 0);
            if (*errno == Errno.EACCES)
                error = Errno.EACCES;
            else if (*errno is not (Errno.ENOENT or Errno.ENOTDIR))
                return *errno;
        }

        return error;
    }

    private static nint Value(Step* step, int index)
    {
        var value = step->Arguments[index];
        return (nint)((step->Indirect & (1 << index)) == 0 ? value : *(long*)value);
    }

    private static void ReapForEver(int wait, int sigwait, int closeRange, int prctl, ulong* childOnly, byte* name)
    {
        const int dieWithParent = 1;
        const int setName = 15;
        const int noHang = 1;
        _ = syscall(closeRange, 0, unchecked((int)0xffffffff), 0, 0, 0, 0);
        _ = syscall(prctl, dieWithParent, Signals.Kill, 0, 0, 0, 0);
        _ = syscall(prctl, setName, (nint)name, 0, 0, 0, 0);
        while (true)
        {
            while (syscall(wait, -1, 0, noHang, 0, 0, 0) > 0)
            {
            }

            _ = syscall(sigwait, (nint)childOnly, 0, 0, sizeof(ulong), 0, 0);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct CloneArguments
    {
        public ulong Flags;
        public ulong Pidfd;
        public ulong ChildThreadId;
        public ulong ParentThreadId;
        public ulong ExitSignal;
        public ulong Stack;
        public ulong StackSize;
        public ulong ThreadLocalStorage;
        public ulong SetThreadId;
        public ulong SetThreadIdSize;
        public ulong Cgroup;
    }

    [LibraryImport("libc")]
    [SuppressGCTransition]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc")]
    private static partial int* __errno_location();
}
