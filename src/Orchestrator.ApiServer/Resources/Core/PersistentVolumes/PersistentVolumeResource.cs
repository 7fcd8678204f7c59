using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.PersistentVolumes;

internal static class PersistentVolumeResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<PersistentVolume>() with
    {
        Strategy = new PersistentVolumeStrategy(),
        Subresources = [Subresource.Status(new ResourceStrategy<PersistentVolume>())],
        Columns =
        [
            Column.NameColumn,
            Column.Of<PersistentVolume>("Capacity", "string", 0, one => Storage(one.Spec?.Capacity)),
            Column.Of<PersistentVolume>("Access Modes", "string", 0, one => AccessModes.Short(one.Spec?.AccessModes)),
            Column.Of<PersistentVolume>("Reclaim Policy", "string", 0, one => one.Spec?.PersistentVolumeReclaimPolicy),
            Column.Of<PersistentVolume>("Status", "string", 0, one => one.Metadata.DeletionTimestamp is null ? one.Status?.Phase : "Terminating"),
            Column.Of<PersistentVolume>("Claim", "string", 0, one => one.Spec?.ClaimRef is { } claim ? $"{claim.Namespace}/{claim.Name}" : ""),
            Column.Of<PersistentVolume>("StorageClass", "string", 0, one => one.Spec?.StorageClassName ?? ""),
            Column.Of<PersistentVolume>("VolumeAttributesClass", "string", 0, one => one.Spec?.VolumeAttributesClassName ?? "<unset>"),
            Column.Of<PersistentVolume>("Reason", "string", 0, one => one.Status?.Reason ?? ""),
            Column.AgeColumn,
            Column.Of<PersistentVolume>("VolumeMode", "string", 1, one => one.Spec?.VolumeMode ?? "<unset>"),
        ],
    };

    internal static string Storage(IReadOnlyDictionary<string, Quantity>? resources) =>
        resources is not null && resources.TryGetValue("storage", out var size) ? size.ToCanonicalString() : "";
}

internal static class AccessModes
{
    public static readonly string[] All = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    /// <summary>"RWO,ROX": each mode once, in the order kubectl prints them.</summary>
    public static string Short(IReadOnlyList<string>? modes)
    {
        var shown = new List<string>();
        foreach (var (mode, text) in (ReadOnlySpan<(string, string)>)[("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")])
        {
            if (modes?.Contains(mode) == true)
                shown.Add(text);
        }

        return string.Join(',', shown);
    }

    public static void Check(IReadOnlyList<string>? modes, FieldPath path, FieldErrors errors)
    {
        if (modes is not { Count: > 0 })
            errors.Required(path, "at least 1 access mode is required");
        foreach (var mode in modes ?? [])
        {
            if (!All.Contains(mode))
                errors.NotSupported(path, mode, All);
        }

        if (modes?.Count > 1 && modes.Contains("ReadWriteOncePod"))
            errors.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
    }
}

internal sealed class PersistentVolumeStrategy : ResourceStrategy<PersistentVolume>
{
    private static readonly string[] ReclaimPolicies = ["Delete", "Recycle", "Retain"];

    public override void PrepareForCreate(RequestContext context, JsonObject document) => document["status"] = new JsonObject { ["phase"] = "Pending" };

    protected override void Validate(PersistentVolume item, FieldErrors errors)
    {
        var spec = item.Spec ?? new PersistentVolumeSpec();
        var path = FieldPath.Of("spec");
        AccessModes.Check(spec.AccessModes, path.Child("accessModes"), errors);
        if (spec.Capacity is not { Count: > 0 })
            errors.Required(path.Child("capacity"));
        else if (!spec.Capacity.TryGetValue("storage", out var size) || spec.Capacity.Count > 1)
            errors.NotSupported(path.Child("capacity"), string.Join(',', spec.Capacity.Keys), "storage");
        else if (size.Sign <= 0)
            errors.Invalid(path.Child("capacity").Key("storage"), size, "must be greater than zero");
        PodSpecRules.CheckChoice(spec.PersistentVolumeReclaimPolicy, ReclaimPolicies, path.Child("persistentVolumeReclaimPolicy"), errors);
        CheckSource(spec, path, errors);
        SchedulingRules.CheckNodeSelector(spec.NodeAffinity?.Required, path.Child("nodeAffinity", "required"), errors);
        if (spec.VolumeMode is { } mode && mode is not ("Block" or "Filesystem"))
            errors.NotSupported(path.Child("volumeMode"), mode, "Block", "Filesystem");
    }

    protected override void ValidateChange(PersistentVolume item, PersistentVolume old, FieldErrors errors)
    {
        if (item.Spec is not { } spec || old.Spec is not { } before)
            return;
        if (spec.HostPath != before.HostPath || spec.Local != before.Local || spec.Nfs != before.Nfs)
            errors.Forbidden(FieldPath.Of("spec").Child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
        if (spec.VolumeMode != before.VolumeMode)
            errors.Invalid(FieldPath.Of("spec").Child("volumeMode"), spec.VolumeMode, "field is immutable");
    }

    private static void CheckSource(PersistentVolumeSpec spec, FieldPath path, FieldErrors errors)
    {
        ReadOnlySpan<object?> sources =
        [
            spec.GcePersistentDisk, spec.AwsElasticBlockStore, spec.HostPath, spec.Glusterfs, spec.Nfs, spec.Rbd, spec.Iscsi, spec.Cinder,
            spec.Cephfs, spec.Fc, spec.Flocker, spec.FlexVolume, spec.AzureFile, spec.VsphereVolume, spec.Quobyte, spec.AzureDisk,
            spec.PhotonPersistentDisk, spec.PortworxVolume, spec.ScaleIO, spec.Local, spec.Storageos, spec.Csi,
        ];
        var count = 0;
        foreach (var source in sources)
            count += source is null ? 0 : 1;
        if (count == 0)
            errors.Required(path, "must specify a volume type");
        else if (count > 1)
            errors.Forbidden(path, "may not specify more than 1 volume type");
        if (spec.HostPath is { Path: null or "" })
            errors.Required(path.Child("hostPath", "path"));
        if (spec.Local is not null && spec.NodeAffinity?.Required is null)
            errors.Required(path.Child("nodeAffinity"), "Local volume requires node affinity");
    }
}
