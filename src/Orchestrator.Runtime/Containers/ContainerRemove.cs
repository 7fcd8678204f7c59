using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Containers;

/// <summary>Removes a container, killing it first if need be: record, writable layer, cgroup, hold on the image.</summary>
internal sealed class ContainerRemove(RuntimeContext context, ContainerStop stop)
{
    public async Task RunAsync(string containerId, CancellationToken cancellationToken)
    {
        if (!context.Containers.TryGetValue(containerId, out var container))
            return;
        await stop.RunAsync(containerId, TimeSpan.Zero, cancellationToken);
        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            await ForgetInShimAsync(container, cancellationToken);
            _ = context.CgroupOf(container).TryRemove();
            FileTree.Delete(container.WritableDirectory);
            context.Images.Release(container.Document.ImageId, container.Directory);
            FileTree.Delete(container.Directory);
            container.Sandbox.Containers.TryRemove(containerId, out _);
            if (context.Containers.TryRemove(containerId, out _))
                context.Events.Publish(ContainerEventType.Deleted, container.Sandbox, containerId);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    private static async Task ForgetInShimAsync(ContainerRecord container, CancellationToken cancellationToken)
    {
        try
        {
            if (container.Sandbox.Shim is { } shim)
                await shim.ForgetAsync(container.Id, cancellationToken);
        }
        catch (RuntimeException exception) when (exception.Error == RuntimeError.Unavailable)
        {
            // Gone, and with it what it remembered.
        }
    }
}
