using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Linux.Cgroups;
using Orchestrator.Linux.Files;
using Orchestrator.Runtime;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;
using Orchestrator.Runtime.Registry;
using Orchestrator.Runtime.Sandboxes;

namespace Orchestrator.Cli.Containers;

/// <summary>
/// The containers that <c>orc ctr</c> runs on this machine. Each has a sandbox, a runtime directory and a cgroup of its own, so
/// commands on different containers know nothing of each other; nothing but the shims stays between two commands.
/// </summary>
internal sealed class LocalContainers(TimeProvider time)
{
    public static string NewName() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <summary>By name.</summary>
    public static IReadOnlyList<LocalContainerRecord> List() =>
        Directory.Exists(LocalContainerPaths.RunRoot)
            ? [.. Directory.GetDirectories(LocalContainerPaths.RunRoot).Order(StringComparer.Ordinal).Select(LocalContainerRecord.TryLoad).OfType<LocalContainerRecord>()]
            : [];

    /// <summary>By its name, or by the first digits of its id.</summary>
    /// <exception cref="UserException">There is none, or several begin so.</exception>
    public static LocalContainerRecord Find(string nameOrId)
    {
        var all = List();
        if (all.FirstOrDefault(record => record.Name == nameOrId) is { } named)
            return named;
        return all.Where(record => nameOrId.Length > 0 && record.ContainerId.StartsWith(nameOrId, StringComparison.Ordinal)).Take(2).ToList() switch
        {
            [var only] => only,
            [] => throw new UserException($"there is no container '{nameOrId}'; see 'orc ctr ps'"),
            _ => throw new UserException($"several containers have an id that begins with '{nameOrId}'"),
        };
    }

    /// <summary>Makes a container, which does not run yet. Nothing stays behind when that fails.</summary>
    /// <exception cref="UserException">The name is in use.</exception>
    public async Task<LocalContainer> CreateAsync(
        LocalContainerRequest request, string imageId, ImageService images, string dataDirectory, CancellationToken cancellationToken)
    {
        var paths = new LocalContainerPaths(dataDirectory, request.Name);
        using var machine = MachineLock.Exclusive();
        if (LocalContainerRecord.TryLoad(paths.Run) is not null)
            throw new UserException($"the name '{request.Name}' is in use by another container: remove it with 'orc ctr rm {request.Name}', or choose another name");
        await ClearAsync(paths, images);
        RemoveLostLayers(paths);
        Directory.CreateDirectory(paths.Run);
        Directory.CreateDirectory(paths.Data);
        ContainerRuntime? runtime = null;
        try
        {
            runtime = await OpenRuntimeAsync(paths, images, cancellationToken);
            var sandbox = await runtime.RunPodSandboxAsync(request.ToSandbox(paths), cancellationToken);
            var container = await runtime.CreateContainerAsync(sandbox, request.ToContainer(imageId), cancellationToken);
            var record = new LocalContainerRecord(request.Name, dataDirectory, sandbox, container, request.Image, request.Command, request.RemoveWhenEnded);
            record.Save();
            return new LocalContainer(record, runtime);
        }
        catch
        {
            runtime?.Dispose();
            await ClearAsync(paths, images);
            throw;
        }
    }

    public async Task<LocalContainer> OpenAsync(LocalContainerRecord record, CancellationToken cancellationToken)
    {
        using var machine = MachineLock.Shared();
        if (LocalContainerRecord.TryLoad(record.Paths.Run)?.ContainerId != record.ContainerId)
            throw new UserException($"container '{record.Name}' was removed meanwhile");
        return new LocalContainer(record, await OpenRuntimeAsync(record.Paths, ImagesOf(record), cancellationToken));
    }

    /// <summary>Removes a container with all it has, killing it first if need be. One that is gone already is no error.</summary>
    public async Task RemoveAsync(LocalContainerRecord record)
    {
        using var machine = MachineLock.Exclusive();
        if (LocalContainerRecord.TryLoad(record.Paths.Run)?.ContainerId == record.ContainerId)
            await ClearAsync(record.Paths, ImagesOf(record));
    }

    // Under no token, and for whatever state a container is in, also one that was never finished: all of it goes.
    private async Task ClearAsync(LocalContainerPaths paths, ImageService images)
    {
        if (Directory.Exists(paths.Run))
        {
            File.Delete(Path.Combine(paths.Run, LocalContainerRecord.FileName));
            using var runtime = await OpenRuntimeAsync(paths, images, CancellationToken.None);
            foreach (var sandbox in await runtime.ListPodSandboxesAsync(null, CancellationToken.None))
                await runtime.RemovePodSandboxAsync(sandbox.Id, CancellationToken.None);
        }

        FileTree.Delete(paths.Run);
        FileTree.Delete(paths.Data);
        RemoveIfEmpty(paths.DataRoot);
        if (RemoveIfEmpty(LocalContainerPaths.RunRoot))
        {
            _ = new CgroupManager(CgroupLayout.Detect()).Open(LocalContainerPaths.CgroupRoot).TryRemove();
            RemoveIfEmpty(Path.GetDirectoryName(LocalContainerPaths.RunRoot)!);
        }
    }

    // After a reboot the writable layers are all that is left of the containers that ran before it.
    private static void RemoveLostLayers(LocalContainerPaths paths)
    {
        foreach (var directory in Directory.Exists(paths.DataRoot) ? Directory.GetDirectories(paths.DataRoot) : [])
        {
            if (!Directory.Exists((paths with { Name = Path.GetFileName(directory) }).Run))
                FileTree.Delete(directory);
        }
    }

    private async Task<ContainerRuntime> OpenRuntimeAsync(LocalContainerPaths paths, ImageService images, CancellationToken cancellationToken)
    {
        var options = new RuntimeOptions
        {
            StateDirectory = paths.RuntimeState,
            WritableDirectory = paths.Layers,
            ShimPath = Path.Combine(AppContext.BaseDirectory, "orc-shim"),
        };
        return await ContainerRuntime.OpenAsync(
            options, images, new LoopbackNetwork(), time, new Random(RandomNumberGenerator.GetInt32(int.MaxValue)),
            NullLogger<ContainerRuntime>.Instance, cancellationToken);
    }

    private ImageService ImagesOf(LocalContainerRecord record) => new(
        new ImageStore(Path.Combine(record.DataDirectory, "images"), time), new RegistryClient(new RegistryOptions(), credentials: null, time), NullLogger<ImageService>.Instance);

    private static bool RemoveIfEmpty(string directory)
    {
        if (!Directory.Exists(directory) || Directory.EnumerateFileSystemEntries(directory).Any())
            return false;
        Directory.Delete(directory);
        return true;
    }
}
