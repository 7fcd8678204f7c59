using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Processes;
using Orchestrator.Shim.Init;
using Orchestrator.Shim.Loop;
using Orchestrator.Shim.Protocol;
using Orchestrator.Shim.Sandbox;
using Orchestrator.Shim.Server;

namespace Orchestrator.Shim.Containers;

/// <summary>
/// A process that joins a running container: its namespaces, cgroup, user, capabilities and filter. It lives as long as the
/// connection that asked for it.
/// </summary>
internal sealed class ExecSession(
    Connection connection, int requestId, ExecSpec spec, Container container, EventLoop loop, ProcessStarter starter, PodNamespaces pod)
{
    public async Task RunAsync()
    {
        if (!container.IsRunning)
            throw new StartException("exec", 0, $"container {spec.ContainerId} is not running");
        using var streams = ProcessStreams.Open(spec.Terminal, spec.Stdin);
        var process = await StartAsync(streams);
        await connection.SendAsync(MessageKind.Done, requestId, []);
        streams.Begin(loop, process, spec.Stdin, SendOutputAsync);
        loop.Begin(() => ReadInputAsync(streams, process));

        var exitCode = await process.Exit;
        await streams.DrainAsync();
        await connection.SendAsync(MessageKind.Exited, requestId, BitConverter.GetBytes(exitCode));
    }

    private async Task<StartedProcess> StartAsync(ProcessStreams streams)
    {
        using var first = ProcessCalls.OpenProcess(container.Report.ProcessId);
        using var target = FileCalls.Open($"/proc/{container.Report.ProcessId}/ns/pid", OpenFlags.ReadOnly);
        using var own = FileCalls.Open("/proc/self/ns/pid", OpenFlags.ReadOnly);
        Namespace.Enter(target, NamespaceKinds.Pid);
        Task<StartedProcess> starting;
        try
        {
            starting = starter.StartAsync(
                spec.Arguments[0], 0, container.Spec.Cgroup.UnifiedDirectory,
                (program, channel) => Build(program, channel, streams, first), resolve: null);
        }
        finally
        {
            Namespace.Enter(own, NamespaceKinds.Pid);
        }

        return await starting;
    }

    private unsafe void Build(StepProgram program, int channel, ProcessStreams streams, Descriptor first)
    {
        var security = container.Spec.Security;
        var kinds = (long)NamespaceKinds.Mount | (container.Spec.NewNamespaces & (long)NamespaceKinds.Cgroup);
        ProcessProgram.AddJoinCgroups(program, container.Spec.Cgroup);
        ProcessProgram.AddOomScore(program, security.OomScoreAdj);
        program.Call("setsid", SyscallNumber.Setsid, []);
        program.EnterNamespace("of the container", first.Number, kinds);
        if (streams.ForChild is { } ends)
            ProcessProgram.AddStreams(program, ends);
        else
            ProcessProgram.AddTerminal(program, channel, isFirstProcess: false);
        var block = program.Bytes(CredentialBlock.Encode(container.Credentials));
        ProcessProgram.AddExecute(program, ProcessFor(), security, block, pod.Possible);
    }

    private ProcessSpec ProcessFor()
    {
        var environment = container.Spec.Process.Environment;
        var hasTerm = environment.Any(static variable => variable.StartsWith("TERM=", StringComparison.Ordinal));
        return container.Spec.Process with
        {
            Arguments = spec.Arguments,
            Environment = spec.Terminal && !hasTerm ? [.. environment, "TERM=xterm"] : environment,
            Terminal = spec.Terminal,
            Stdin = spec.Stdin,
        };
    }

    private Task SendOutputAsync(bool isError, ReadOnlyMemory<byte> chunk)
    {
        if (isError ? !spec.Stderr : !spec.Stdout)
            return Task.CompletedTask;
        return connection.SendAsync(isError ? MessageKind.Stderr : MessageKind.Stdout, requestId, chunk.Span);
    }

    private async Task ReadInputAsync(ProcessStreams streams, StartedProcess process)
    {
        while (await connection.ReceiveAsync() is { } frame)
            await StreamInput.HandleAsync(frame, streams);
        if (!process.Exit.IsCompleted)
            Signals.Send(-process.ProcessId, Signals.Kill);
    }
}
