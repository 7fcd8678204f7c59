using Orchestrator.Linux;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Runtime.Bundles;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Containers;

/// <summary>Starts a created container. One that cannot be started counts as exited, and says why.</summary>
internal sealed class ContainerStart(RuntimeContext context)
{
    public async Task RunAsync(string containerId, CancellationToken cancellationToken)
    {
        var container = context.RequireContainer(containerId);
        await container.Gate.WaitAsync(cancellationToken);
        try
        {
            if (container.Outcome.State != ContainerState.Created)
                throw new RuntimeException(RuntimeError.FailedPrecondition, $"container {containerId} is {container.Outcome.State}, not Created");
            // A start that was begun is brought to its end and recorded, even when the caller gives up waiting for it.
            await StartAndRecordAsync(container).WaitAsync(cancellationToken);
        }
        finally
        {
            container.Gate.Release();
        }
    }

    private async Task StartAndRecordAsync(ContainerRecord container)
    {
        try
        {
            var report = await StartAsync(container, CancellationToken.None);
            context.Events.Publish(ContainerEventType.Started, container.Sandbox, container.Id);
            container.Advance(ContainerOutcome.From(report));
        }
        catch (Exception exception) when (exception is LinuxException or IOException or RuntimeException { Error: not RuntimeError.FailedPrecondition })
        {
            Fail(container, exception.Message);
            throw exception as RuntimeException ?? new RuntimeException(RuntimeError.StartFailed, exception.Message, exception);
        }
    }

    private async Task<ContainerReport> StartAsync(ContainerRecord container, CancellationToken cancellationToken)
    {
        var shim = container.Sandbox.RequireShim();
        var config = container.Document.Config;
        config = config with { Mounts = [.. PodFiles.Mounts(container.Sandbox, config), .. config.Mounts] };
        var image = context.Images.Find(container.Document.ImageId)
            ?? throw new RuntimeException(RuntimeError.NotFound, $"image {config.Image} is not here any more");
        MakeMissingSources(config);
        var cgroup = context.CgroupOf(container);
        cgroup.Create(string.IsNullOrEmpty(config.Resources.CpusetCpus) ? CgroupControllers.Container : CgroupControllers.Container | CgroupControllers.Cpuset);
        cgroup.Apply(RuntimeContext.ToLimits(config.Resources));
        cgroup.KillAsGroupWhenOutOfMemory();
        cgroup.AllowDevices(ContainerSpecBuilder.BuildDeviceRules(config));

        var place = new ContainerPlace(
            container.Id, container.Directory, container.WritableDirectory, container.LogPath, container.Sandbox.Config.Hostname,
            context.Cgroups.Layout, cgroup);
        return await shim.StartContainerAsync(context.SpecBuilder.Build(config, image, place), cancellationToken);
    }

    // A path of the node that is not there is made a directory, as container engines do; the kubelet checks what it cares about.
    private static void MakeMissingSources(ContainerConfig config)
    {
        foreach (var mount in config.Mounts)
        {
            if (!Path.Exists(mount.HostPath))
                Directory.CreateDirectory(mount.HostPath);
        }
    }

    private void Fail(ContainerRecord container, string message)
    {
        var at = context.Time.GetUtcNow();
        if (!container.Advance(ContainerOutcome.StartFailed(message, at)))
            return;
        container.Document = container.Document with { StartFailure = new StartFailureDocument(message, at) };
        RuntimeContext.Save(container);
        _ = context.CgroupOf(container).TryRemove();
        context.Events.Publish(ContainerEventType.Exited, container.Sandbox, container.Id);
    }
}
