using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Bundles;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Runtime.Containers;

/// <summary>Prepares a container: its record, its directories and a hold on its image. Nothing runs yet.</summary>
internal sealed class ContainerCreate(RuntimeContext context)
{
    public async Task<string> RunAsync(string sandboxId, ContainerConfig config, CancellationToken cancellationToken)
    {
        var sandbox = context.RequireSandbox(sandboxId);
        await sandbox.Gate.WaitAsync(cancellationToken);
        try
        {
            sandbox.RequireShim();
            if (sandbox.IsStopped)
                throw new RuntimeException(RuntimeError.FailedPrecondition, $"sandbox {sandboxId} is stopped");
            var container = Create(sandbox, config);
            sandbox.Containers[container.Id] = container;
            context.Containers[container.Id] = container;
            context.Events.Publish(ContainerEventType.Created, sandbox, container.Id);
            return container.Id;
        }
        finally
        {
            sandbox.Gate.Release();
        }
    }

    private ContainerRecord Create(SandboxRecord sandbox, ContainerConfig config)
    {
        var image = context.Images.Find(config.Image)
            ?? throw new RuntimeException(RuntimeError.NotFound, $"image {config.Image} is not here");
        var id = context.NewId();
        var document = new ContainerDocument(id, config, image.Id, config.StopSignal ?? image.Config.StopSignal, context.Time.GetUtcNow(), null);
        var container = new ContainerRecord(sandbox, document, context.ContainerDirectory(sandbox, id), context.WritableDirectory(id));
        Directory.CreateDirectory(ContainerFiles.MountPoint(container.Directory));
        if (!context.Images.Hold(image.Id, container.Directory))
        {
            FileTree.Delete(container.Directory);
            throw new RuntimeException(RuntimeError.NotFound, $"image {config.Image} was removed meanwhile");
        }

        try
        {
            Directory.CreateDirectory(ContainerFiles.Upper(container.WritableDirectory));
            Directory.CreateDirectory(ContainerFiles.Work(container.WritableDirectory));
            if (Path.GetDirectoryName(container.LogPath) is { Length: > 0 } logs)
                Directory.CreateDirectory(logs);
            RuntimeContext.Save(container);
        }
        catch
        {
            context.Images.Release(image.Id, container.Directory);
            FileTree.Delete(container.WritableDirectory);
            FileTree.Delete(container.Directory);
            throw;
        }

        return container;
    }
}
