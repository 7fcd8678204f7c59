using Orchestrator.Api.Errors;
using Orchestrator.Kubelet.Objects;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>
/// Makes pods' volumes ready, keeps them true, takes them away. Mounting is idempotent: done again, it writes what changed.
/// Different pods may be served at once; one pod is served by its worker alone.
/// </summary>
internal sealed class VolumeManager(
    KubeletOptions options, KubeletPaths paths, IApiClient client, ReferencedObjects objects, VolumeContent content, ServiceAccountTokens tokens,
    IMounter mounter, ISubPathBinder subPaths, Func<long> memoryCapacityBytes, TimeProvider time)
{
    private const UnixFileMode OpenToAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Mounts what all pods' volumes share. Adopts what an earlier kubelet left.</summary>
    public void Start()
    {
        Directory.CreateDirectory(paths.Pods);
        Directory.CreateDirectory(paths.Memory);
        if (options.UseTmpfs && !mounter.MountsBelow(paths.Memory).Contains(paths.Memory))
            mounter.Tmpfs(paths.Memory, 0);
    }

    /// <param name="changed">Called, from anywhere, when a ConfigMap or Secret that the pod refers to changes.</param>
    /// <exception cref="VolumeException">A volume cannot be made; the message names it.</exception>
    public async Task<MountedVolumes> MountAsync(Pod pod, Action changed, CancellationToken cancellationToken)
    {
        objects.Register(pod, changed);
        Directory.CreateDirectory(paths.Pod(pod.Uid()));
        var mounts = (pod.Spec?.Volumes ?? []).Select(volume => MountSafelyAsync(pod, volume, cancellationToken)).ToList();
        DateTimeOffset? refreshAt = null;
        var byName = new Dictionary<string, MountedVolume>(StringComparer.Ordinal);
        foreach (var mount in await Task.WhenAll(mounts))
        {
            byName[mount.Volume.Name] = mount.Volume;
            if (mount.RefreshAt is { } due && (refreshAt is null || due < refreshAt))
                refreshAt = due;
        }

        return new(byName, refreshAt);
    }

    /// <summary>Takes away all that was mounted for a pod. What its volumes held on disk goes with it.</summary>
    public Task UnmountAsync(string podUid, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        objects.Unregister(podUid);
        tokens.Forget(podUid);
        subPaths.Release(podUid, null);
        Remove(Path.Combine(paths.Memory, podUid));
        Remove(paths.Volumes(podUid));
        return Task.CompletedTask;
    }

    /// <summary>Removes directories of pods that are not among <paramref name="known"/>.</summary>
    public Task RemoveOrphansAsync(IReadOnlySet<string> known, CancellationToken cancellationToken)
    {
        foreach (var parent in new[] { paths.Memory, paths.Pods })
        {
            foreach (var directory in Directory.Exists(parent) ? Directory.GetDirectories(parent) : [])
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (!known.Contains(Path.GetFileName(directory)))
                    Remove(directory);
            }
        }

        return Task.CompletedTask;
    }

    private async Task<(MountedVolume Volume, DateTimeOffset? RefreshAt)> MountSafelyAsync(Pod pod, Volume volume, CancellationToken cancellationToken)
    {
        try
        {
            return await MountAsync(pod, volume, cancellationToken);
        }
        catch (Exception failure) when (failure is VolumeException or ApiException or IOException or UnauthorizedAccessException or Linux.LinuxException)
        {
            throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {failure.Message}", failure);
        }
    }

    private async Task<(MountedVolume Volume, DateTimeOffset? RefreshAt)> MountAsync(Pod pod, Volume volume, CancellationToken cancellationToken)
    {
        if (volume.ConfigMap is { } configMap)
            return Show(pod, volume, "configmap", paths.Volumes(pod.Uid()), await content.OfConfigMapAsync(pod, configMap, cancellationToken));
        if (volume.Secret is { } secret)
            return Show(pod, volume, "secret", MemoryOf(pod), await content.OfSecretAsync(pod, secret, cancellationToken));
        if (volume.DownwardAPI is { } downward)
            return Show(pod, volume, "downward-api", MemoryOf(pod), content.OfDownward(pod, downward.Items, downward.DefaultMode));
        if (volume.Projected is { } projected)
            return Show(pod, volume, "projected", MemoryOf(pod), await content.OfProjectedAsync(pod, volume.Name!, projected, cancellationToken));
        if (volume.HostPath is { } hostPath)
            return (AtHostPath(volume.Name!, hostPath.Path!, hostPath.Type ?? "", readOnly: false), null);
        if (volume.PersistentVolumeClaim is { } claim)
            return (await OfClaimAsync(pod, volume.Name!, claim.ClaimName!, claim.ReadOnly == true, cancellationToken), null);
        if (volume.Ephemeral is not null)
            return (await OfClaimAsync(pod, volume.Name!, $"{pod.Name()}-{volume.Name}", readOnly: false, cancellationToken), null);
        // A volume without a source is an emptyDir, as in the API's defaults.
        return volume.EmptyDir is not null || IsWithoutSource(volume)
            ? (EmptyDir(pod, volume), null)
            : throw new VolumeException("no volume plugin matched");
    }

    private (MountedVolume Volume, DateTimeOffset? RefreshAt) Show(Pod pod, Volume volume, string plugin, string parent, VolumeContent.Result shown)
    {
        var directory = Path.Combine(parent, $"kubernetes.io~{plugin}", volume.Name!);
        MakeOpenDirectory(directory);
        var group = pod.Spec?.SecurityContext?.FsGroup;
        AtomicWriter.Write(directory, shown.Files, time.GetUtcNow(), fresh => SetOwners(fresh, shown.Files, group));
        return (new(volume.Name!, directory, ReadOnly: true), shown.RefreshAt);
    }

    private static void SetOwners(string directory, IReadOnlyList<VolumeFile> files, long? group)
    {
        foreach (var file in files)
        {
            if (file.OwnerUid is { } user)
                VolumeOwnership.SetOwner(Path.Combine(directory, file.Path), user);
        }

        if (group is { } id)
            VolumeOwnership.SetGroup(directory, id, readOnly: true);
    }

    private MountedVolume EmptyDir(Pod pod, Volume volume)
    {
        var directory = Path.Combine(paths.Volumes(pod.Uid()), "kubernetes.io~empty-dir", volume.Name!);
        var isNew = !Directory.Exists(directory);
        MakeOpenDirectory(directory);
        if (volume.EmptyDir?.Medium == "Memory" && options.UseTmpfs && !mounter.MountsBelow(directory).Contains(directory))
        {
            var limit = volume.EmptyDir.SizeLimit is { IsZero: false } size ? size.Value : MemoryLimitOf(pod);
            mounter.Tmpfs(directory, Math.Min(limit, memoryCapacityBytes()));
            isNew = true;
        }

        if (isNew && pod.Spec?.SecurityContext?.FsGroup is { } group)
            VolumeOwnership.SetGroup(directory, group, readOnly: false);
        return new(volume.Name!, directory, ReadOnly: false);
    }

    /// <summary>A memory volume counts against its pod, so it is no larger than the pod may be.</summary>
    private long MemoryLimitOf(Pod pod) => Resources.ContainerResources.ForPod(pod, options).MemoryLimitBytes is var limit && limit > 0 ? limit : memoryCapacityBytes();

    private async Task<MountedVolume> OfClaimAsync(Pod pod, string volumeName, string claimName, bool readOnly, CancellationToken cancellationToken)
    {
        var claim = await FindAsync<PersistentVolumeClaim>(pod.Namespace(), claimName, cancellationToken)
            ?? throw new VolumeException($"persistentvolumeclaim \"{claimName}\" not found");
        if (claim.Status?.Phase != "Bound" || claim.Spec?.VolumeName is not { Length: > 0 } boundTo)
            throw new VolumeException($"PVC {pod.Namespace()}/{claimName} is not bound");
        var volume = await FindAsync<PersistentVolume>(null, boundTo, cancellationToken)
            ?? throw new VolumeException($"persistentvolume \"{boundTo}\" not found");
        var mounted = volume.Spec switch
        {
            { HostPath: { } hostPath } => AtHostPath(volumeName, hostPath.Path!, hostPath.Type ?? "", readOnly),
            { Local: { } local } => AtHostPath(volumeName, local.Path!, "Directory", readOnly),
            _ => throw new VolumeException($"persistentvolume \"{boundTo}\" is of a kind that this node cannot mount"),
        };
        if (pod.Spec?.SecurityContext?.FsGroup is { } group && volume.Spec.Local is not null && !readOnly)
            VolumeOwnership.SetGroup(mounted.HostPath, group, readOnly: false);
        return mounted;
    }

    private static MountedVolume AtHostPath(string name, string path, string type, bool readOnly)
    {
        HostPaths.Prepare(path, type);
        return new(name, path, readOnly);
    }

    private async Task<T?> FindAsync<T>(string? @namespace, string name, CancellationToken cancellationToken)
        where T : KubernetesObject
    {
        try
        {
            return await client.GetAsync<T>(@namespace, name, cancellationToken);
        }
        catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
        {
            return null;
        }
    }

    private string MemoryOf(Pod pod) => Path.Combine(paths.Memory, pod.Uid());

    private static bool IsWithoutSource(Volume volume) => volume == new Volume { Name = volume.Name };

    private static void MakeOpenDirectory(string directory)
    {
        if (Directory.Exists(directory))
            return;
        Directory.CreateDirectory(directory);
        File.SetUnixFileMode(directory, OpenToAll);
    }

    private void Remove(string directory)
    {
        if (!Directory.Exists(directory))
            return;
        foreach (var mount in mounter.MountsBelow(directory))
            mounter.Unmount(mount);
        Directory.Delete(directory, recursive: true);
    }
}
