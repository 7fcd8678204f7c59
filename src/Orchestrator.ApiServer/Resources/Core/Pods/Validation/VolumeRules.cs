using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks volumes and what they are made from.</summary>
internal static class VolumeRules
{
    private const int MinTokenSeconds = 600;

    private static readonly string[] HostPathTypes =
        ["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"];

    /// <returns>The volumes that mounts may name.</returns>
    public static IReadOnlyDictionary<string, Volume> Check(IReadOnlyList<Volume>? volumes, FieldPath path, FieldErrors errors)
    {
        var byName = new Dictionary<string, Volume>();
        for (var i = 0; i < volumes?.Count; i++)
        {
            var volume = volumes[i];
            if (string.IsNullOrEmpty(volume.Name))
                errors.Required(path.Index(i).Child("name"));
            else if (NameRules.DnsLabel(volume.Name) is { } fault)
                errors.Invalid(path.Index(i).Child("name"), volume.Name, fault);
            else if (!byName.TryAdd(volume.Name, volume))
                errors.Duplicate(path.Index(i).Child("name"), volume.Name);
            CheckSource(volume, path.Index(i), errors);
        }

        return byName;
    }

    /// <summary>A relative path that stays below where it starts.</summary>
    public static void CheckLocalPath(string? target, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(target))
            return;
        if (target[0] == '/')
            errors.Invalid(path, target, "must be a relative path");
        if (target.Split('/').Contains(".."))
            errors.Invalid(path, target, "must not contain '..'");
    }

    private static void CheckSource(Volume volume, FieldPath path, FieldErrors errors)
    {
        var count = CountSources(volume);
        if (count == 0)
            errors.Required(path, "must specify a volume type");
        else if (count > 1)
            errors.Forbidden(path, "may not specify more than 1 volume type");
        if (volume.HostPath is { } hostPath)
            CheckHostPath(hostPath, path.Child("hostPath"), errors);
        if (volume.EmptyDir?.SizeLimit is { Sign: < 0 } size)
            errors.Forbidden(path.Child("emptyDir", "sizeLimit"), $"SizeLimit field must be a valid resource quantity, not {size}");
        if (volume.Secret is { } secret)
        {
            CheckRequired(secret.SecretName, path.Child("secret", "secretName"), errors);
            CheckMode(secret.DefaultMode, path.Child("secret", "defaultMode"), errors);
            CheckItems(secret.Items, path.Child("secret", "items"), errors);
        }

        if (volume.ConfigMap is { } configMap)
        {
            CheckRequired(configMap.Name, path.Child("configMap", "name"), errors);
            CheckMode(configMap.DefaultMode, path.Child("configMap", "defaultMode"), errors);
            CheckItems(configMap.Items, path.Child("configMap", "items"), errors);
        }

        if (volume.PersistentVolumeClaim is { } claim)
            CheckRequired(claim.ClaimName, path.Child("persistentVolumeClaim", "claimName"), errors);
        if (volume.DownwardAPI is { } downward)
            CheckDownward(downward.Items, path.Child("downwardAPI"), errors);
        if (volume.Projected is { } projected)
            CheckProjected(projected, path.Child("projected"), errors);
        if (volume.Nfs is { } nfs)
        {
            CheckRequired(nfs.Server, path.Child("nfs", "server"), errors);
            CheckRequired(nfs.Path, path.Child("nfs", "path"), errors);
        }

        if (volume.Csi is { } csi)
            CheckRequired(csi.Driver, path.Child("csi", "driver"), errors);
        if (volume.Ephemeral is { VolumeClaimTemplate: null })
            errors.Required(path.Child("ephemeral", "volumeClaimTemplate"));
    }

    private static int CountSources(Volume volume)
    {
        ReadOnlySpan<object?> sources =
        [
            volume.HostPath, volume.EmptyDir, volume.GcePersistentDisk, volume.AwsElasticBlockStore, volume.GitRepo, volume.Secret, volume.Nfs,
            volume.Iscsi, volume.Glusterfs, volume.PersistentVolumeClaim, volume.Rbd, volume.FlexVolume, volume.Cinder, volume.Cephfs,
            volume.Flocker, volume.DownwardAPI, volume.Fc, volume.AzureFile, volume.ConfigMap, volume.VsphereVolume, volume.Quobyte,
            volume.AzureDisk, volume.PhotonPersistentDisk, volume.PortworxVolume, volume.ScaleIO, volume.Projected, volume.Storageos,
            volume.Csi, volume.Ephemeral, volume.Image,
        ];
        var count = 0;
        foreach (var source in sources)
            count += source is null ? 0 : 1;
        return count;
    }

    private static void CheckHostPath(HostPathVolumeSource source, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(source.Path))
            errors.Required(path.Child("path"));
        else if (source.Path.Split('/').Contains(".."))
            errors.Invalid(path.Child("path"), source.Path, "must not contain '..'");
        if (source.Type is { } type && !HostPathTypes.Contains(type))
            errors.NotSupported(path.Child("type"), type, HostPathTypes);
    }

    private static void CheckProjected(ProjectedVolumeSource source, FieldPath path, FieldErrors errors)
    {
        CheckMode(source.DefaultMode, path.Child("defaultMode"), errors);
        var targets = new HashSet<string>();
        for (var i = 0; i < source.Sources?.Count; i++)
        {
            var sourcePath = path.Child("sources").Index(i);
            CheckProjection(source.Sources[i], sourcePath, errors);
            foreach (var target in Targets(source.Sources[i]))
            {
                if (!targets.Add(target))
                    errors.Invalid(path, target, "conflicting duplicate paths");
            }
        }
    }

    private static void CheckProjection(VolumeProjection projection, FieldPath path, FieldErrors errors)
    {
        if (projection.Secret is { } secret)
        {
            CheckRequired(secret.Name, path.Child("secret", "name"), errors);
            CheckItems(secret.Items, path.Child("secret", "items"), errors);
        }

        if (projection.ConfigMap is { } configMap)
        {
            CheckRequired(configMap.Name, path.Child("configMap", "name"), errors);
            CheckItems(configMap.Items, path.Child("configMap", "items"), errors);
        }

        if (projection.DownwardAPI is { } downward)
            CheckDownward(downward.Items, path.Child("downwardAPI"), errors);
        if (projection.ServiceAccountToken is not { } token)
            return;
        var tokenPath = path.Child("serviceAccountToken");
        if (token.ExpirationSeconds < MinTokenSeconds)
            errors.Invalid(tokenPath.Child("expirationSeconds"), token.ExpirationSeconds, "may not specify a duration less than 10 minutes");
        CheckRequired(token.Path, tokenPath.Child("path"), errors);
        CheckLocalPath(token.Path, tokenPath.Child("path"), errors);
    }

    private static IEnumerable<string> Targets(VolumeProjection projection)
    {
        foreach (var item in (projection.Secret?.Items ?? []).Concat(projection.ConfigMap?.Items ?? []))
            yield return item.Path ?? "";
        foreach (var item in projection.DownwardAPI?.Items ?? [])
            yield return item.Path ?? "";
        if (projection.ServiceAccountToken?.Path is { Length: > 0 } path)
            yield return path;
    }

    private static void CheckItems(IReadOnlyList<KeyToPath>? items, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < items?.Count; i++)
        {
            CheckRequired(items[i].Key, path.Index(i).Child("key"), errors);
            CheckRequired(items[i].Path, path.Index(i).Child("path"), errors);
            CheckLocalPath(items[i].Path, path.Index(i).Child("path"), errors);
            CheckMode(items[i].Mode, path.Index(i).Child("mode"), errors);
        }
    }

    private static void CheckDownward(IReadOnlyList<DownwardAPIVolumeFile>? items, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < items?.Count; i++)
        {
            var item = items[i];
            CheckRequired(item.Path, path.Child("path"), errors);
            CheckLocalPath(item.Path, path.Child("path"), errors);
            CheckMode(item.Mode, path.Child("mode"), errors);
            if (item.FieldRef is { } field)
                EnvironmentRules.CheckFieldReference(field, path.Child("fieldRef"), errors, inVolume: true);
            else if (item.ResourceFieldRef is { } resource)
                EnvironmentRules.CheckResourceReference(resource, path.Child("resourceFieldRef"), errors, inVolume: true);
            else
                errors.Required(path, "one of fieldRef and resourceFieldRef is required");
            if (item is { FieldRef: not null, ResourceFieldRef: not null })
                errors.Invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
        }
    }

    private static void CheckMode(int? mode, FieldPath path, FieldErrors errors)
    {
        if (mode is < 0 or > 511)
            errors.Invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
    }

    private static void CheckRequired(string? value, FieldPath path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value))
            errors.Required(path);
    }
}
