using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Containers;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>Removes a sandbox with its containers and every trace of it.</summary>
internal sealed class SandboxRemove(RuntimeContext context, SandboxStop stop, ContainerRemove containerRemove)
{
    public async Task RunAsync(string sandboxId, CancellationToken cancellationToken)
    {
        if (!context.Sandboxes.TryGetValue(sandboxId, out var sandbox))
            return;
        await stop.RunAsync(sandboxId, cancellationToken);
        foreach (var container in sandbox.Containers.Values)
            await containerRemove.RunAsync(container.Id, cancellationToken);
        Forget(sandbox);
    }

    /// <summary>Removes the record, its directory, and the pod's cgroup when no other sandbox of the pod uses it.</summary>
    public void Forget(SandboxRecord sandbox)
    {
        context.Sandboxes.TryRemove(sandbox.Id, out _);
        FileTree.Delete(sandbox.Directory);
        var parent = sandbox.Config.CgroupParent;
        if (context.Sandboxes.Values.All(other => other.Config.CgroupParent != parent))
            _ = context.Cgroups.Open(parent).TryRemove();
    }
}
