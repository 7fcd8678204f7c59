using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime.Bundles;
using Orchestrator.Runtime.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Shim.Protocol;

namespace Orchestrator.Runtime.Sandboxes;

/// <summary>
/// At start, finds what an earlier runtime left: sandboxes whose shims live are taken over as they are, the others are known
/// as not ready, with what their shims last wrote of their containers.
/// </summary>
internal sealed partial class RuntimeRecovery(RuntimeContext context, ShimSupervisor supervisor, ILogger logger)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(context.Options.SandboxesDirectory);
        Directory.CreateDirectory(context.Options.WritableDirectory);
        foreach (var directory in Directory.GetDirectories(context.Options.SandboxesDirectory))
        {
            if (Load(directory) is not { } sandbox)
            {
                LogBroken(directory);
                FileTree.Delete(directory);
                continue;
            }

            await AdoptAsync(sandbox, cancellationToken);
        }

        RemoveOrphanedLayers();
    }

    private async Task AdoptAsync(SandboxRecord sandbox, CancellationToken cancellationToken)
    {
        context.Sandboxes[sandbox.Id] = sandbox;
        foreach (var container in sandbox.Containers.Values)
            context.Containers[container.Id] = container;
        try
        {
            await supervisor.ConnectAsync(sandbox, cancellationToken);
            LogAdopted(sandbox.Id, sandbox.ShimProcessId, sandbox.Containers.Count);
        }
        catch (Exception exception) when (exception is SocketException or RuntimeException)
        {
            LogDead(sandbox.Id);
            foreach (var container in sandbox.Containers.Values)
                Settle(container);
            supervisor.MarkLost(sandbox);
        }
    }

    private SandboxRecord? Load(string directory)
    {
        if (Read(Path.Combine(directory, "sandbox.json"), RuntimeJson.Default.SandboxDocument) is not { } document)
            return null;
        var sandbox = new SandboxRecord(document.Id, directory, document.Config, document.CreatedAt)
        {
            ShimProcessId = document.ShimProcessId,
            IsStopped = document.IsStopped,
            Addresses = document.Addresses.Select(IPAddress.Parse).ToArray(),
        };
        var containers = Path.Combine(directory, "containers");
        foreach (var containerDirectory in Directory.Exists(containers) ? Directory.GetDirectories(containers) : [])
        {
            if (Read(ContainerFiles.Document(containerDirectory), RuntimeJson.Default.ContainerDocument) is not { } container)
            {
                LogBroken(containerDirectory);
                FileTree.Delete(containerDirectory);
                continue;
            }

            sandbox.Containers[container.Id] = LoadContainer(sandbox, container, containerDirectory);
        }

        return sandbox;
    }

    private ContainerRecord LoadContainer(SandboxRecord sandbox, ContainerDocument document, string directory)
    {
        var container = new ContainerRecord(sandbox, document, directory, context.WritableDirectory(document.Id));
        context.Images.Hold(document.ImageId, directory);
        if (document.StartFailure is { } failure)
            container.Advance(ContainerOutcome.StartFailed(failure.Message, failure.At));
        return container;
    }

    // What a dead shim last wrote: that the container runs (then it was lost), or how it ended.
    private void Settle(ContainerRecord container)
    {
        if (FileCalls.TryReadAll(ContainerFiles.State(container.Directory)) is not { } state)
            return;
        try
        {
            container.Advance(ContainerOutcome.From(ContainerReport.Read(new WireReader(state))));
        }
        catch (InvalidDataException fault)
        {
            // Written right before the machine lost its power, on one that keeps /run on disk. That it was written tells that it ran.
            LogUnreadable(container.Id, fault.Message);
            container.Advance(ContainerOutcome.Started);
        }
    }

    private static T? Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return FileCalls.TryReadAll(path, 16 << 20) is { } bytes ? JsonSerializer.Deserialize(bytes, type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void RemoveOrphanedLayers()
    {
        foreach (var directory in Directory.GetDirectories(context.Options.WritableDirectory))
        {
            if (!context.Containers.ContainsKey(Path.GetFileName(directory)))
                FileTree.Delete(directory);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Took over sandbox {SandboxId} from shim {ProcessId} with {Count} containers")]
    private partial void LogAdopted(string sandboxId, int processId, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sandbox {SandboxId} has no shim any more")]
    private partial void LogDead(string sandboxId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "How container {ContainerId} ended is not known: {Reason}")]
    private partial void LogUnreadable(string containerId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Removing {Directory}, which holds no readable record")]
    private partial void LogBroken(string directory);
}
