using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.PersistentVolumes;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.PersistentVolumeClaims;

internal static class PersistentVolumeClaimResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<PersistentVolumeClaim>() with
    {
        Strategy = new PersistentVolumeClaimStrategy(),
        Subresources = [Subresource.Status(new ResourceStrategy<PersistentVolumeClaim>())],
        Columns =
        [
            Column.NameColumn,
            Column.Of<PersistentVolumeClaim>("Status", "string", 0, one => one.Metadata.DeletionTimestamp is null ? one.Status?.Phase : "Terminating"),
            Column.Of<PersistentVolumeClaim>("Volume", "string", 0, one => one.Spec?.VolumeName ?? ""),
            Column.Of<PersistentVolumeClaim>("Capacity", "string", 0, one => IsBound(one) ? PersistentVolumeResource.Storage(one.Status?.Capacity) : ""),
            Column.Of<PersistentVolumeClaim>("Access Modes", "string", 0, one => IsBound(one) ? AccessModes.Short(one.Status?.AccessModes) : ""),
            Column.Of<PersistentVolumeClaim>("StorageClass", "string", 0, one => one.Spec?.StorageClassName ?? ""),
            Column.Of<PersistentVolumeClaim>("VolumeAttributesClass", "string", 0, one => one.Spec?.VolumeAttributesClassName ?? "<unset>"),
            Column.AgeColumn,
            Column.Of<PersistentVolumeClaim>("VolumeMode", "string", 1, one => one.Spec?.VolumeMode ?? "<unset>"),
        ],
    };

    private static bool IsBound(PersistentVolumeClaim claim) => claim.Spec?.VolumeName is { Length: > 0 };
}

internal sealed class PersistentVolumeClaimStrategy : ResourceStrategy<PersistentVolumeClaim>
{
    public override void PrepareForCreate(RequestContext context, JsonObject document) => document["status"] = new JsonObject { ["phase"] = "Pending" };

    protected override void Validate(PersistentVolumeClaim item, FieldErrors errors)
    {
        var spec = item.Spec ?? new PersistentVolumeClaimSpec();
        var path = FieldPath.Of("spec");
        AccessModes.Check(spec.AccessModes, path.Child("accessModes"), errors);
        if (spec.Resources?.Requests is null || !spec.Resources.Requests.TryGetValue("storage", out var size))
            errors.Required(path.Child("resources").Key("storage"));
        else if (size.Sign <= 0)
            errors.Invalid(path.Child("resources").Key("storage"), size, "must be greater than zero");
        SelectorRules.Check(spec.Selector, path.Child("selector"), errors);
        if (spec.StorageClassName is { Length: > 0 } storageClass && NameRules.DnsSubdomain(storageClass) is { } fault)
            errors.Invalid(path.Child("storageClassName"), storageClass, fault);
        if (spec.VolumeMode is { } mode && mode is not ("Block" or "Filesystem"))
            errors.NotSupported(path.Child("volumeMode"), mode, "Block", "Filesystem");
    }

    /// <summary>A claim may be bound, and may ask for more once bound.</summary>
    public override void ValidateUpdate(RequestContext context, ApiObject item, ApiObject old, FieldErrors errors)
    {
        base.ValidateUpdate(context, item, old, errors);
        if (item.Document.Child("spec")?.DeepClone() is not JsonObject spec || old.Document.Child("spec") is not { } before)
            return;
        if (before.Text("volumeName") is not { Length: > 0 })
            spec.Restore("volumeName", before);
        if (before.Text("storageClassName") is null)
            spec.Restore("storageClassName", before);
        spec.Restore("volumeAttributesClassName", before);
        var wanted = Request(item);
        var had = Request(old);
        if (wanted < had)
            errors.Forbidden(FieldPath.Of("spec").Child("resources", "requests").Child("storage"), "field can not be less than status.capacity");
        if (old.As<PersistentVolumeClaim>().Status?.Phase == "Bound" && spec.Child("resources")?.Child("requests") is { } requests && before.Child("resources")?.Child("requests") is { } oldRequests)
            requests.Restore("storage", oldRequests);
        if (!JsonNode.DeepEquals(spec, before))
            errors.Forbidden(FieldPath.Of("spec"),
                "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
    }

    private static Api.Quantity Request(ApiObject item) =>
        item.As<PersistentVolumeClaim>().Spec?.Resources?.Requests is { } requests && requests.TryGetValue("storage", out var size) ? size : default;
}
