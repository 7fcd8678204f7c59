using System.Text;
using Orchestrator.Kubelet.Containers;
using Orchestrator.Kubelet.Objects;
using Orchestrator.Kubelet.Pods;

namespace Orchestrator.Kubelet.Volumes;

/// <summary>Gathers the files that configMap, secret, downwardAPI and projected volumes show.</summary>
internal sealed class VolumeContent(
    IObjectReader objects, ServiceAccountTokens tokens, KubeletOptions options, Func<IReadOnlyDictionary<string, Quantity>> allocatable)
{
    private const int DefaultMode = 0x1A4; // 0644
    private const int OwnerOnlyMode = 0x180; // 0600

    /// <summary>The files, and when a token among them is to be renewed.</summary>
    public sealed record Result(IReadOnlyList<VolumeFile> Files, DateTimeOffset? RefreshAt = null);

    public async Task<Result> OfConfigMapAsync(Pod pod, ConfigMapVolumeSource source, CancellationToken cancellationToken) =>
        new(await ConfigMapAsync(pod, source.Name!, source.Items, source.DefaultMode ?? DefaultMode, source.Optional == true, cancellationToken));

    public async Task<Result> OfSecretAsync(Pod pod, SecretVolumeSource source, CancellationToken cancellationToken) =>
        new(await SecretAsync(pod, source.SecretName!, source.Items, source.DefaultMode ?? DefaultMode, source.Optional == true, cancellationToken));

    public Result OfDownward(Pod pod, IReadOnlyList<DownwardAPIVolumeFile>? items, int? defaultMode) =>
        new(Downward(pod, items, defaultMode ?? DefaultMode));

    public async Task<Result> OfProjectedAsync(Pod pod, string volumeName, ProjectedVolumeSource source, CancellationToken cancellationToken)
    {
        var files = new OrderedDictionary<string, VolumeFile>(StringComparer.Ordinal);
        DateTimeOffset? refreshAt = null;
        var mode = source.DefaultMode ?? DefaultMode;
        // Side by side: a token and the root certificate beside it are each a request on the way to a pod's start.
        var parts = (source.Sources ?? []).Select(projection => OfProjectionAsync(pod, volumeName, projection, mode, cancellationToken)).ToList();
        foreach (var part in await Task.WhenAll(parts))
        {
            foreach (var file in part.Files)
                files[file.Path] = file;
            if (part.RefreshAt is { } due && (refreshAt is null || due < refreshAt))
                refreshAt = due;
        }

        return new([.. files.Values], refreshAt);
    }

    private async Task<Result> OfProjectionAsync(Pod pod, string volumeName, VolumeProjection projection, int mode, CancellationToken cancellationToken)
    {
        if (projection.ConfigMap is { Name: { } mapName } configMap)
            return new(await ConfigMapAsync(pod, mapName, configMap.Items, mode, configMap.Optional == true, cancellationToken));
        if (projection.Secret is { Name: { } secretName } secret)
            return new(await SecretAsync(pod, secretName, secret.Items, mode, secret.Optional == true, cancellationToken));
        if (projection.DownwardAPI is { } downward)
            return new(Downward(pod, downward.Items, mode));
        if (projection.ServiceAccountToken is { } token)
            return await TokenAsync(pod, volumeName, token, mode, cancellationToken);
        throw new VolumeException("projected volume has a source of an unsupported kind");
    }

    private async Task<Result> TokenAsync(Pod pod, string volumeName, ServiceAccountTokenProjection source, int mode, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(pod, volumeName, source, cancellationToken);
        var user = CommonUser(pod);
        // With a known reader the token is for that reader alone; fsGroup widens it to the group later.
        var narrowed = user is not null || pod.Spec?.SecurityContext?.FsGroup is not null ? OwnerOnlyMode : mode;
        return new([new(source.Path!, Encoding.UTF8.GetBytes(token.Value), narrowed, user)], token.RefreshAt);
    }

    private async Task<IReadOnlyList<VolumeFile>> ConfigMapAsync(
        Pod pod, string name, IReadOnlyList<KeyToPath>? items, int mode, bool optional, CancellationToken cancellationToken)
    {
        var found = await objects.FindAsync<ConfigMap>(pod.Namespace(), name, cancellationToken);
        if (found is null)
            return optional ? [] : throw new VolumeException($"configmap \"{name}\" not found");
        var data = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var (key, value) in found.Data ?? new Dictionary<string, string>())
            data[key] = Encoding.UTF8.GetBytes(value);
        foreach (var (key, value) in found.BinaryData ?? new Dictionary<string, byte[]>())
            data[key] = value;
        return Select(data, items, mode, optional, "config");
    }

    private async Task<IReadOnlyList<VolumeFile>> SecretAsync(
        Pod pod, string name, IReadOnlyList<KeyToPath>? items, int mode, bool optional, CancellationToken cancellationToken)
    {
        var found = await objects.FindAsync<Secret>(pod.Namespace(), name, cancellationToken);
        if (found is null)
            return optional ? [] : throw new VolumeException($"secret \"{name}\" not found");
        return Select(found.Data ?? new Dictionary<string, byte[]>(), items, mode, optional, "secret");
    }

    /// <summary>All keys, or those that are listed, at the paths and with the modes listed.</summary>
    private static List<VolumeFile> Select(IReadOnlyDictionary<string, byte[]> data, IReadOnlyList<KeyToPath>? items, int mode, bool optional, string kind)
    {
        if (items is not { Count: > 0 })
            return [.. data.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new VolumeFile(pair.Key, pair.Value, mode))];
        var files = new List<VolumeFile>();
        foreach (var item in items)
        {
            if (data.TryGetValue(item.Key!, out var content))
                files.Add(new(item.Path!, content, item.Mode ?? mode));
            else if (!optional)
                throw new VolumeException($"references non-existent {kind} key: {item.Key}");
        }

        return files;
    }

    private List<VolumeFile> Downward(Pod pod, IReadOnlyList<DownwardAPIVolumeFile>? items, int mode)
    {
        var files = new List<VolumeFile>();
        foreach (var item in items ?? [])
        {
            try
            {
                var value = item.FieldRef is { } field
                    ? FieldValues.OfPod(pod, field.FieldPath ?? "", options.NodeIp.ToString(), [.. (pod.Status?.PodIPs ?? []).Select(ip => ip.Ip!)])
                    : FieldValues.OfResource(pod, new(), item.ResourceFieldRef!, allocatable());
                files.Add(new(item.Path!, Encoding.UTF8.GetBytes(value), item.Mode ?? mode));
            }
            catch (ContainerConfigException failure)
            {
                throw new VolumeException(failure.Message, failure);
            }
        }

        return files;
    }

    /// <summary>The user of all containers, when they agree on one.</summary>
    private static long? CommonUser(Pod pod)
    {
        long? common = null;
        foreach (var container in pod.AllContainersOf())
        {
            if ((container.Spec.SecurityContext?.RunAsUser ?? pod.Spec?.SecurityContext?.RunAsUser) is not { } user || (common is not null && common != user))
                return null;
            common = user;
        }

        return common;
    }
}
