using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Shim.Sandbox;

/// <summary>A child on its way to exec. <paramref name="Terminal"/> is its master, when it opened one.</summary>
internal sealed record StartedProcess(int ProcessId, Task<int> Exit, Descriptor? Terminal);

/// <summary>Starts children from prepared programs and talks them through to exec over a private channel.</summary>
internal sealed class ProcessStarter(EventLoop loop, Reaper reaper)
{
    private const byte RootReady = (byte)'R';
    private const byte TerminalOpened = (byte)'T';

    /// <param name="build">Adds the steps; gets the number of the child's end of the channel.</param>
    /// <param name="resolve">Finds the credentials once the root is mounted; gets the child's process id.</param>
    /// <exception cref="StartException">A step failed; the child is gone.</exception>
    public async Task<StartedProcess> StartAsync(
        string name, long namespaces, string? unifiedDirectory, Action<StepProgram, int> build, Func<int, Credentials>? resolve)
    {
        using var program = new StepProgram();
        var (here, there) = FileCalls.SequencedPair();
        using var channel = here;
        int processId;
        Task<int> exit;
        using (there)
        {
            build(program, there.Number);
            using var unified = unifiedDirectory is null ? null : FileCalls.Open(unifiedDirectory, OpenFlags.Path | OpenFlags.Directory);
            processId = Child.Start(program, namespaces, there, unified);
            exit = reaper.ExitOf(processId);
        }

        FileCalls.SetNonBlocking(channel);
        using var readiness = loop.Watch(channel);
        try
        {
            var terminal = await ConverseAsync(channel, readiness, program, name, processId, resolve);
            return new StartedProcess(processId, exit, terminal);
        }
        catch
        {
            Linux.Processes.Signals.Send(processId, Linux.Processes.Signals.Kill);
            await exit;
            throw;
        }
    }

    /// <summary>Makes a mount namespace that holds nothing but a new tmpfs, and returns the descriptor that keeps it.</summary>
    public async Task<Descriptor> MakeSharedMemoryAsync(string directory, long sizeBytes)
    {
        const int noSetId = 2;
        const int noDevices = 4;
        const int noExecute = 8;
        Descriptor? made = null;
        await StartAsync(
            "shared memory", (long)NamespaceKinds.Mount, null,
            (program, channel) =>
            {
                program.Mount("none", "/", null, Calls.MountPrivate | Calls.MountRecursive, null);
                program.Mount("shm", directory, "tmpfs", noSetId | noDevices | noExecute, $"mode=1777,size={sizeBytes}");
                program.PivotInto(directory);
                unsafe
                {
                    program.Call("report the mounted root", SyscallNumber.Write, [channel, program.Text("R"), 1]);
                    program.CallAtLeast("wait for the parent", SyscallNumber.Read, 1, [channel, (byte*)program.Zeroed(CredentialBlock.Size), CredentialBlock.Size]);
                    program.Call("exit", SyscallNumber.ExitGroup, [0]);
                }
            },
            processId =>
            {
                made = FileCalls.Open($"/proc/{processId}/ns/mnt", OpenFlags.ReadOnly);
                return new Credentials(0, 0, [], "/");
            });
        return made ?? throw new StartException("make shared memory", 0, "the helper process ended too early");
    }

    private static async Task<Descriptor?> ConverseAsync(
        Descriptor channel, Readiness readiness, StepProgram program, string name, int processId, Func<int, Credentials>? resolve)
    {
        Descriptor? terminal = null;
        var message = new byte[64];
        while (true)
        {
            var count = SocketCalls.ReceiveWithDescriptor(channel, message, out var received);
            if (count == -Errno.EAGAIN)
            {
                await readiness.ReadableAsync();
                continue;
            }

            switch (count)
            {
                case 0 or -Errno.ECONNRESET:
                    return terminal;
                case < 0:
                    throw new LinuxException(-count, "recvmsg", "start channel");
                case 1 when message[0] == RootReady && resolve is not null:
                    _ = FileCalls.Write(channel, CredentialBlock.Encode(resolve(processId)));
                    break;
                case 1 when message[0] == TerminalOpened:
                    terminal = received;
                    break;
                default:
                    throw Explain(program, name, BitConverter.ToInt32(message), BitConverter.ToInt32(message, 4));
            }
        }
    }

    private static StartException Explain(StepProgram program, string name, int index, int errno)
    {
        var step = program.Describe(index);
        return step == "exec"
            ? new StartException("exec", errno, ExplainExec(name, errno))
            : new StartException(step, errno, new LinuxException(errno, step).Message);
    }

    // The words that kubectl users know from other runtimes.
    private static string ExplainExec(string name, int errno) => errno switch
    {
        Errno.ENOENT or Errno.EACCES when !name.Contains('/', StringComparison.Ordinal) =>
            $"exec: \"{name}\": executable file not found in $PATH (errno {errno})",
        Errno.ENOENT => $"exec: \"{name}\": stat {name}: no such file or directory (errno {errno})",
        Errno.EACCES => $"exec: \"{name}\": permission denied (errno {errno})",
        Errno.ENOEXEC => $"exec {name}: exec format error (errno {errno})",
        _ => new LinuxException(errno, "exec", name).Message,
    };
}
