using System.Globalization;
using System.Text;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Sandbox;

namespace Orchestrator.Shim.Containers;

/// <summary>
/// A container from start to exit. Its end is told only after its output is in the log, its state on disk and its cgroup gone,
/// so whoever hears of it sees all of it.
/// </summary>
internal sealed class Container(
    ContainerSpec spec, EventLoop loop, ProcessStarter starter, PodNamespaces pod, Func<string, Container> others, TimeProvider time)
{
    private const int MaximumEarlyBytes = 1 << 20;

    private readonly List<Func<bool, ReadOnlyMemory<byte>, Task>> listeners = [];
    private readonly TaskCompletionSource<ProcessStreams> started = new();
    private ContainerLog? log;

    // A container that is there for one client (stdinOnce) keeps its first words until that client has come to hear them. A client
    // that must not miss anything joins before the start.
    private List<(bool IsError, byte[] Chunk)>? early = spec.Process.StdinOnce ? [] : null;
    private long earlyBytes;

    public ContainerSpec Spec { get; } = spec;

    public ContainerReport Report { get; private set; } = new(spec.Id, ProcessState.Exited, 0, 0, 0, 0, false, 0, 0, []);

    public Credentials Credentials { get; private set; } = new(0, 0, [], "/");

    public ProcessStreams? Streams { get; private set; }

    public bool IsRunning => Report.State == ProcessState.Running;

    /// <summary>Completes when its process runs, or fails with what kept it from that.</summary>
    public Task<ProcessStreams> Started => started.Task;

    /// <summary>Completes with the exit code when all is settled.</summary>
    public TaskCompletionSource<int> Ended { get; } = new();

    public async Task StartAsync(Func<Container, Task> onEnd)
    {
        log = new ContainerLog(Spec.LogFile, time);
        var streams = ProcessStreams.Open(Spec.Process.Terminal, Spec.Process.Stdin);
        StartedProcess process;
        try
        {
            process = await StartProcessAsync(streams);
        }
        catch (Exception exception)
        {
            streams.Dispose();
            log.Dispose();
            RemoveCgroups();
            started.SetException(exception);
            throw;
        }

        Streams = streams;
        streams.Begin(loop, process, Spec.Process.Stdin, DistributeAsync);
        Report = Report with
        {
            State = ProcessState.Running,
            ProcessId = process.ProcessId,
            StartedAt = Now(),
            Uid = Credentials.Uid,
            Gid = Credentials.Gid,
            Groups = Credentials.Groups,
        };
        SaveState();
        started.SetResult(streams);
        loop.Begin(() => FinishAsync(process, onEnd));
    }

    public void Signal(int signal)
    {
        if (IsRunning)
            Signals.Send(Report.ProcessId, signal);
    }

    public void ReopenLog() => log?.Reopen();

    /// <summary>Adds a reader of the output from now on; the first one also gets what was kept for it.</summary>
    public IDisposable Listen(Func<bool, ReadOnlyMemory<byte>, Task> listener)
    {
        listeners.Add(listener);
        foreach (var (isError, chunk) in early ?? [])
            _ = listener(isError, chunk);
        early = null;
        return new Subscription(() => listeners.Remove(listener));
    }

    private async Task<StartedProcess> StartProcessAsync(ProcessStreams streams)
    {
        // The cgroup namespace is made by the child, after it has joined the cgroup that is to be its root.
        var cgroupNamespace = (long)NamespaceKinds.Cgroup;
        var namespaces = (Spec.NewNamespaces & ~cgroupNamespace) | (long)NamespaceKinds.Mount;
        using var pidNamespace = OpenPidNamespace();
        using var own = pidNamespace is null ? null : FileCalls.Open("/proc/self/ns/pid", OpenFlags.ReadOnly);
        // Which PID namespace children are born in is a property of this thread; it is put back before anything else runs.
        if (pidNamespace is not null)
            Namespace.Enter(pidNamespace, NamespaceKinds.Pid);
        Task<StartedProcess> starting;
        try
        {
            starting = starter.StartAsync(
                Spec.Process.Arguments[0], namespaces, Spec.Cgroup.UnifiedDirectory,
                (program, channel) => Build(program, channel, streams, (Spec.NewNamespaces & cgroupNamespace) != 0), Resolve);
        }
        finally
        {
            if (own is not null)
                Namespace.Enter(own, NamespaceKinds.Pid);
        }

        return await starting;
    }

    private unsafe void Build(StepProgram program, int channel, ProcessStreams streams, bool ownCgroupNamespace)
    {
        var block = (byte*)program.Zeroed(CredentialBlock.Size);
        program.Call("umask", Linux.SyscallNumber.Umask, [0]);
        ProcessProgram.AddJoinCgroups(program, Spec.Cgroup);
        if (ownCgroupNamespace)
            program.Call("unshare cgroup", Linux.SyscallNumber.Unshare, [(long)NamespaceKinds.Cgroup]);
        ProcessProgram.AddOomScore(program, Spec.Security.OomScoreAdj);
        program.Call("setsid", Linux.SyscallNumber.Setsid, []);
        RootProgram.Add(program, Spec, pod.SharedMemory);
        if (streams.ForChild is { } ends)
            ProcessProgram.AddStreams(program, ends);
        else
            ProcessProgram.AddTerminal(program, channel, isFirstProcess: true);
        RootProgram.Seal(program, Spec);
        ProcessProgram.AddAwaitCredentials(program, channel, block);
        ProcessProgram.AddExecute(program, Spec.Process, Spec.Security, block, pod.Possible);
    }

    private Descriptor? OpenPidNamespace()
    {
        if (Spec.PidNamespaceOf is { } target)
            return FileCalls.Open($"/proc/{others(target).Report.ProcessId}/ns/pid", OpenFlags.ReadOnly);
        var ownsPid = (Spec.NewNamespaces & (long)NamespaceKinds.Pid) != 0;
        return pod.FirstProcessId != 0 && !ownsPid ? FileCalls.Open($"/proc/{pod.FirstProcessId}/ns/pid", OpenFlags.ReadOnly) : null;
    }

    private Credentials Resolve(int processId)
    {
        using var root = FileCalls.Open($"/proc/{processId}/root", OpenFlags.Path | OpenFlags.Directory);
        Credentials = UserResolver.Resolve(Spec.User, ReadInRoot(root, "/etc/passwd"), ReadInRoot(root, "/etc/group"));
        return Credentials;
    }

    private static string ReadInRoot(Descriptor root, string path)
    {
        using var file = FileCalls.TryOpenInRoot(root, path, OpenFlags.ReadOnly | OpenFlags.NonBlock);
        return file is null ? "" : Encoding.UTF8.GetString(FileCalls.ReadToEnd(file, path));
    }

    private async Task FinishAsync(StartedProcess process, Func<Container, Task> onEnd)
    {
        var exitCode = await process.Exit;
        var finishedAt = Now();
        KillLeftovers();
        await Streams!.DrainAsync();
        log!.Finish();
        log.Dispose();
        Streams.Dispose();
        Report = Report with
        {
            State = ProcessState.Exited,
            ProcessId = 0,
            ExitCode = exitCode,
            FinishedAt = finishedAt,
            OomKilled = CountOomKills() > 0,
        };
        SaveState();
        RemoveCgroups();
        Ended.SetResult(exitCode);
        await onEnd(this);
    }

    private async Task DistributeAsync(bool isError, ReadOnlyMemory<byte> chunk)
    {
        log!.Append(isError, chunk.Span);
        Keep(isError, chunk);
        for (var index = listeners.Count - 1; index >= 0; index--)
            await listeners[index](isError, chunk);
    }

    // From the limit on it is in the log alone: a client that never comes must not hold up the container.
    private void Keep(bool isError, ReadOnlyMemory<byte> chunk)
    {
        if (early is null)
            return;
        earlyBytes += chunk.Length;
        if (earlyBytes <= MaximumEarlyBytes)
            early.Add((isError, chunk.ToArray()));
    }

    // With a PID namespace of its own the kernel has killed all; else the cgroup knows who is left.
    private void KillLeftovers()
    {
        if (Spec.Cgroup.KillFile is not { } file || (Spec.NewNamespaces & (long)NamespaceKinds.Pid) != 0)
            return;
        if (file.EndsWith("cgroup.kill", StringComparison.Ordinal))
        {
            _ = FileCalls.TryWriteControl(file, "1");
            return;
        }

        foreach (var line in Encoding.ASCII.GetString(FileCalls.TryReadAll(file) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Signals.Send(int.Parse(line, CultureInfo.InvariantCulture), Signals.Kill);
    }

    private long CountOomKills()
    {
        if (Spec.Cgroup.OomFile is not { } file)
            return 0;
        foreach (var line in Encoding.ASCII.GetString(FileCalls.TryReadAll(file) ?? []).Split('\n'))
        {
            if (line.StartsWith("oom_kill ", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(9), CultureInfo.InvariantCulture);
        }

        return 0;
    }

    private void RemoveCgroups()
    {
        foreach (var directory in Spec.Cgroup.Directories)
            _ = DirectoryCalls.TryRemove(directory);
    }

    private void SaveState()
    {
        var writer = new WireWriter();
        Report.Write(writer);
        FileCalls.ReplaceAtomically(Spec.StateFile, writer.Written);
    }

    private long Now() => (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * 100;

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
