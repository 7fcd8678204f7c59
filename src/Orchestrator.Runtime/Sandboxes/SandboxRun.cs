using Orchestrator.Linux;
using Orchestrator.Linux.Files;
using Orchestrator.Linux.Namespaces;
using Orchestrator.Linux.Processes;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Shim;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Makes a pod's sandbox: directory, cgroup, shim with its namespaces, network. What was made is unmade on failure.</summary>
internal sealed class SandboxRun(RuntimeContext context, ShimSupervisor supervisor, SandboxRemove remove)
{
    private readonly ShimLauncher launcher = new(context.Options.ShimPath);

    public async Task<string> RunAsync(PodSandboxConfig config, CancellationToken cancellationToken)
    {
        if (config.Namespaces.UserNamespace)
            throw new RuntimeException(RuntimeError.FailedPrecondition, "user namespaces (hostUsers: false) are not supported by this runtime");
        var id = context.NewId();
        var sandbox = new SandboxRecord(id, context.SandboxDirectory(id), config, context.Time.GetUtcNow());
        await sandbox.Gate.WaitAsync(cancellationToken);
        try
        {
            context.Sandboxes[id] = sandbox;
            await StartAsync(sandbox, cancellationToken);
            return id;
        }
        catch (Exception exception) when (exception is LinuxException or IOException or PodNetworkException)
        {
            await UndoAsync(sandbox);
            throw new RuntimeException(RuntimeError.StartFailed, $"failed to start sandbox: {exception.Message}", exception);
        }
        catch
        {
            await UndoAsync(sandbox);
            throw;
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    private async Task StartAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(sandbox.Directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        sandbox.ShimProcessId = launcher.Launch(sandbox.Directory);
        RuntimeContext.Save(sandbox);
        MakeCgroup(sandbox.Config);
        await supervisor.ConnectAsync(sandbox, cancellationToken);
        await sandbox.RequireShim().StartSandboxAsync(Describe(sandbox.Config), cancellationToken);
        if (!sandbox.UsesHostNetwork)
            sandbox.Addresses = await AttachAsync(sandbox, cancellationToken);
        PodFiles.Write(sandbox);
        RuntimeContext.Save(sandbox);
    }

    private void MakeCgroup(PodSandboxConfig config)
    {
        var cgroup = context.Cgroups.Open(config.CgroupParent);
        cgroup.Create();
        if (config.Resources is { } resources)
            cgroup.Apply(RuntimeContext.ToLimits(resources));
    }

    private SandboxSpec Describe(PodSandboxConfig config)
    {
        var kinds = NamespaceKinds.None;
        if (config.Namespaces.Network != NamespaceMode.Node)
            kinds |= NamespaceKinds.Network | NamespaceKinds.Uts;
        if (config.Namespaces.Ipc != NamespaceMode.Node)
            kinds |= NamespaceKinds.Ipc;
        return new SandboxSpec(
            (long)kinds, config.Namespaces.Pid == NamespaceMode.Pod, config.Hostname, [.. config.Sysctls], context.Options.SharedMemoryBytes);
    }

    private async Task<IReadOnlyList<System.Net.IPAddress>> AttachAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        var metadata = sandbox.Config.Metadata;
        var request = new PodNetworkRequest(
            sandbox.Id, metadata.Namespace, metadata.Name, metadata.Uid, sandbox.NetworkNamespacePath,
            sandbox.Config.PortMappings.Select(static mapping => new PodPortMapping(
                mapping.Protocol, mapping.ContainerPort, mapping.HostPort,
                mapping.HostIp is { Length: > 0 } address ? System.Net.IPAddress.Parse(address) : null)).ToArray());
        return (await context.Network.AttachAsync(request, cancellationToken)).Addresses;
    }

    // Under no token: what was begun must be cleared away even when the caller has given up.
    private async Task UndoAsync(SandboxRecord sandbox)
    {
        sandbox.IsStopped = true;
        sandbox.Shim?.Dispose();
        sandbox.Shim = null;
        if (sandbox.ShimProcessId > 0)
        {
            Signals.Send(sandbox.ShimProcessId, Signals.Kill);
            ChildProcess.Reap(sandbox.ShimProcessId);
        }

        remove.Forget(sandbox);
        if (!sandbox.UsesHostNetwork)
            await context.Network.DetachAsync(sandbox.Id, CancellationToken.None);
    }
}
