using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Processes;
using Orchestrator.Linux.Security;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Init;

/// <summary>Where a new process's standard streams come from; with a terminal the process opens it itself.</summary>
internal sealed record StandardStreams(Descriptor Input, Descriptor Output, Descriptor Error, bool InputIsPipe);

/// <summary>
/// The steps from root in the container to the workload: streams, limits, capabilities, user, seccomp filter, exec. The same for
/// a container's first process and for one that joins later.
/// </summary>
internal static unsafe class ProcessProgram
{
    private const int SetKeepCapabilities = 8;
    private const int DropFromBoundingSet = 24;
    private const int SetParentDeathSignal = 1;
    private const int SetNoNewPrivileges = 38;
    private const int Ambient = 47;
    private const int AmbientRaise = 2;
    private const int AmbientClear = 4;
    private const uint CapabilityVersion3 = 0x20080522;

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    public static void AddJoinCgroups(StepProgram program, CgroupSpec cgroup)
    {
        // A single-threaded process that writes "0" to its own "tasks" file moves without the lock that stops all forks.
        foreach (var file in cgroup.JoinFiles)
            program.WriteFile(file, "0");
    }

    /// <summary>Sets how readily the kernel kills this process when memory runs out; a host may refuse to lower it.</summary>
    public static void AddOomScore(StepProgram program, int? score)
    {
        if (score is { } value)
            program.WriteFile("/proc/self/oom_score_adj", value.ToString(System.Globalization.CultureInfo.InvariantCulture), Errno.EACCES, Errno.EPERM);
    }

    /// <summary>Opens a terminal in the container, makes it the controlling one and sends its master to the shim.</summary>
    public static void AddTerminal(StepProgram program, int channel, bool isFirstProcess)
    {
        const int unlock = 0x40045431;
        const int openPeer = 0x5441;
        const int makeControlling = 0x540e;
        const int readWrite = (int)(OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec);
        var master = program.Open("/dev/ptmx", OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);
        program.Call("unlock the terminal", SyscallNumber.Ioctl, [master, unlock, (byte*)program.Zeroed(4)]);
        var terminal = program.CallForResult("open the terminal", SyscallNumber.Ioctl, [master, openPeer, readWrite]);
        for (var stream = 0; stream <= 2; stream++)
            program.Duplicate(terminal, stream);
        if (isFirstProcess)
        {
            program.MakeMountPointFile("/dev/console");
            program.Mount("/proc/self/fd/0", "/dev/console", null, Calls.MountBind, null);
        }

        program.Call("take the controlling terminal", SyscallNumber.Ioctl, [0, makeControlling, 0]);
        AddSendDescriptor(program, channel, master);
    }

    public static void AddStreams(StepProgram program, StandardStreams streams)
    {
        program.Duplicate(streams.Input.Number, 0);
        program.Duplicate(streams.Output.Number, 1);
        program.Duplicate(streams.Error.Number, 2);
    }

    /// <summary>Tells the shim that the root is mounted, and waits for the credentials it then finds.</summary>
    public static void AddAwaitCredentials(StepProgram program, int channel, byte* block)
    {
        program.Call("report the mounted root", SyscallNumber.Write, [channel, program.Text("R"), 1]);
        program.CallAtLeast("receive the credentials", SyscallNumber.Read, CredentialBlock.Size, [channel, block, CredentialBlock.Size]);
    }

    /// <summary>Everything from here to exec, with the credentials found at run time in <paramref name="block"/>.</summary>
    public static void AddExecute(StepProgram program, ProcessSpec process, SecuritySpec security, byte* block, CapabilitySet possible)
    {
        var (uid, gid, groupCount) = (new Slot((long*)block), new Slot((long*)block + 1), new Slot((long*)block + 2));
        for (var stream = process.Stdin || process.Terminal ? 0 : 1; stream <= 2; stream++)
            program.GiveTo(stream, uid);
        AddLimits(program, security);
        program.Call($"chdir {process.WorkingDirectory}", SyscallNumber.Chdir, [program.Text(process.WorkingDirectory)]);
        program.Control("PR_SET_KEEPCAPS", SetKeepCapabilities, 1);
        AddBoundingSet(program, new CapabilitySet((ulong)security.Bounding));
        if (!security.NoNewPrivileges)
            AddFilter(program, security.Filter);
        program.Call("setgroups", SyscallNumber.Setgroups, [groupCount, block + CredentialBlock.GroupsOffset]);
        program.Call("setgid", SyscallNumber.Setresgid, [gid, gid, gid]);
        program.Call("setuid", SyscallNumber.Setresuid, [uid, uid, uid]);
        AddCapabilities(program, security, possible);
        program.Control("PR_SET_PDEATHSIG", SetParentDeathSignal, Signals.Kill);
        AddSignals(program);
        program.Call("umask", SyscallNumber.Umask, [0x12]);
        program.Call("close_range", SyscallNumber.CloseRange, [3, uint.MaxValue, 4]);
        if (security.NoNewPrivileges)
        {
            program.Control("PR_SET_NO_NEW_PRIVS", SetNoNewPrivileges, 1);
            AddFilter(program, security.Filter);
        }

        AddExec(program, process, block);
    }

    private static void AddExec(StepProgram program, ProcessSpec process, byte* block)
    {
        var environment = program.Strings([.. process.Environment, ""]);
        // The place after the last variable holds HOME unless that is set; its value comes with the credentials.
        environment[process.Environment.Count] =
            process.Environment.Any(static variable => variable.StartsWith("HOME=", StringComparison.Ordinal)) ? null : block + CredentialBlock.HomeOffset;
        program.Execute("exec", Candidates(process), program.Strings(process.Arguments), environment);
    }

    private static string[] Candidates(ProcessSpec process)
    {
        var name = process.Arguments[0];
        if (name.Contains('/', StringComparison.Ordinal))
            return [name];
        var variable = process.Environment.LastOrDefault(static value => value.StartsWith("PATH=", StringComparison.Ordinal));
        return (variable is null ? DefaultPath : variable[5..])
            .Split(':')
            .Select(directory => directory.Length == 0 ? "./" + name : directory.TrimEnd('/') + "/" + name)
            .ToArray();
    }

    private static void AddLimits(StepProgram program, SecuritySpec security)
    {
        foreach (var limit in security.Limits)
        {
            var block = (long*)program.Zeroed(16);
            block[0] = limit.Soft;
            block[1] = limit.Hard;
            // Without CAP_SYS_RESOURCE a limit cannot be raised; the container then keeps the node's.
            program.Call("setrlimit", SyscallNumber.Prlimit64, [0, limit.Resource, (byte*)block, 0], Errno.EPERM);
        }
    }

    private static void AddBoundingSet(StepProgram program, CapabilitySet bounding)
    {
        for (var capability = 0; capability <= CapabilitySet.Last; capability++)
        {
            if (!bounding.Contains(capability))
                program.Control("PR_CAPBSET_DROP", DropFromBoundingSet, capability, Errno.EINVAL);
        }
    }

    private static void AddCapabilities(StepProgram program, SecuritySpec security, CapabilitySet possible)
    {
        var permitted = new CapabilitySet((ulong)security.Permitted).Intersect(possible).Bits;
        var inheritable = new CapabilitySet((ulong)security.Inheritable).Intersect(possible).Bits;
        var ambient = new CapabilitySet((ulong)security.Ambient).Intersect(possible);
        var header = (uint*)program.Zeroed(8);
        header[0] = CapabilityVersion3;
        var data = (uint*)program.Zeroed(24);
        for (var half = 0; half < 2; half++)
        {
            data[half * 3] = (uint)(permitted >> (half * 32));
            data[(half * 3) + 1] = (uint)(permitted >> (half * 32));
            data[(half * 3) + 2] = (uint)(inheritable >> (half * 32));
        }

        program.Call("capset", SyscallNumber.Capset, [(byte*)header, (byte*)data]);
        program.Call("clear ambient capabilities", SyscallNumber.Prctl, [Ambient, AmbientClear, 0, 0, 0], Errno.EINVAL);
        for (var capability = 0; capability <= CapabilitySet.Last; capability++)
        {
            if (ambient.Contains(capability))
                program.Call("raise an ambient capability", SyscallNumber.Prctl, [Ambient, AmbientRaise, capability, 0, 0]);
        }
    }

    private static void AddSignals(StepProgram program)
    {
        const int setMask = 2;
        // .NET ignores SIGPIPE, and what is ignored stays so across exec.
        program.Call("rt_sigaction", SyscallNumber.RtSigaction, [Signals.Pipe, (byte*)program.Zeroed(32), 0, sizeof(ulong)]);
        program.Call("rt_sigprocmask", SyscallNumber.RtSigprocmask, [setMask, (byte*)program.Zeroed(8), 0, sizeof(ulong)]);
    }

    private static void AddFilter(StepProgram program, byte[] filter)
    {
        const int setModeFilter = 1;
        const int bytesPerInstruction = 8;
        if (filter.Length == 0)
            return;
        // struct sock_fprog: a 16-bit count, then, aligned, a pointer.
        var header = (long*)program.Zeroed(16);
        header[0] = filter.Length / bytesPerInstruction;
        header[1] = (long)program.Bytes(filter);
        program.Call("seccomp", SyscallNumber.Seccomp, [setModeFilter, 0, (byte*)header]);
    }

    // struct msghdr with one byte of data and one descriptor in a control message; the descriptor's place is filled at run time.
    private static void AddSendDescriptor(StepProgram program, int channel, Slot descriptor)
    {
        const int socketLevel = 1;
        const int rights = 1;
        var data = program.Text("T");
        var vector = (long*)program.Zeroed(16);
        vector[0] = (long)data;
        vector[1] = 1;
        var control = (long*)program.Zeroed(24);
        control[0] = 16 + sizeof(int);
        ((int*)control)[2] = socketLevel;
        ((int*)control)[3] = rights;
        var message = (long*)program.Zeroed(56);
        message[2] = (long)vector;
        message[3] = 1;
        message[4] = (long)control;
        message[5] = 24;
        // A dup of the master lands in the control message: the slot of a step's result is that place.
        const int duplicateCloseOnExec = 1030;
        program.CallInto("dup of the terminal", SyscallNumber.Fcntl, [descriptor, duplicateCloseOnExec, 3], new Slot(control + 2));
        program.Call("send the terminal", SyscallNumber.Sendmsg, [channel, (byte*)message, 0]);
    }
}
