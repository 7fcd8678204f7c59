using System.Text.Json.Nodes;
using Orchestrator.Api.Apps.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods;
using Orchestrator.ApiServer.Tables;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Apps.ReplicaSets;

internal static class ReplicaSetResource
{
    public static ResourceDefinition Definition { get; } = ResourceDefinition.For<ReplicaSet>() with
    {
        Strategy = new ReplicaSetStrategy(),
        Subresources =
        [
            Subresource.Scale("spec.replicas", "status.replicas", "spec.selector"),
            Subresource.Status(new ReplicaSetStatusStrategy()),
        ],
        SelectableFields = [new SelectableField("status.replicas", "0")],
        Columns =
        [
            Column.NameColumn,
            Column.Of<ReplicaSet>("Desired", "integer", 0, one => one.Spec?.Replicas ?? 0, "Pods wanted."),
            Column.Of<ReplicaSet>("Current", "integer", 0, one => one.Status?.Replicas ?? 0, "Pods there are."),
            Column.Of<ReplicaSet>("Ready", "integer", 0, one => one.Status?.ReadyReplicas ?? 0, "Pods that are ready."),
            Column.AgeColumn,
            Column.Of<ReplicaSet>("Containers", "string", 1, one => CellText.ContainerNames(one.Spec?.Template)),
            Column.Of<ReplicaSet>("Images", "string", 1, one => CellText.Images(one.Spec?.Template)),
            Column.Of<ReplicaSet>("Selector", "string", 1, one => CellText.Selector(one.Spec?.Selector)),
        ],
    };
}

/// <summary>Replica sets: keep their selector for life.</summary>
internal sealed class ReplicaSetStrategy : ResourceStrategy<ReplicaSet>
{
    public override void SetDefaults(JsonObject document) => PodSpecDefaults.Apply(document.Child("spec")?.Child("template")?.Child("spec"));

    public override void PrepareForCreate(Http.RequestContext context, JsonObject document) => document["status"] = new JsonObject { ["replicas"] = 0 };

    protected override void Validate(ReplicaSet item, FieldErrors errors)
    {
        var spec = item.Spec ?? new ReplicaSetSpec();
        var path = FieldPath.Of("spec");
        NumberRules.CheckNotNegative(spec.Replicas, path.Child("replicas"), errors);
        NumberRules.CheckNotNegative(spec.MinReadySeconds, path.Child("minReadySeconds"), errors);
        WorkloadRules.CheckSelectorAndTemplate(spec.Selector, spec.Template, "replicaset", path, errors);
        WorkloadRules.CheckAlwaysRestarts(spec.Template, path, errors);
    }

    protected override void ValidateChange(ReplicaSet item, ReplicaSet old, FieldErrors errors) =>
        WorkloadRules.CheckSelectorUnchanged(item.Spec?.Selector, old.Spec?.Selector, FieldPath.Of("spec").Child("selector"), errors);
}

/// <summary>replicasets/status: counts that fit together.</summary>
internal sealed class ReplicaSetStatusStrategy : ResourceStrategy<ReplicaSet>
{
    protected override void Validate(ReplicaSet item, FieldErrors errors)
    {
        var path = FieldPath.Of("status");
        var status = item.Status ?? new ReplicaSetStatus();
        var replicas = status.Replicas ?? 0;
        NumberRules.CheckNotNegative(replicas, path.Child("replicas"), errors);
        CheckPart(status.FullyLabeledReplicas, replicas, path.Child("fullyLabeledReplicas"), errors);
        CheckPart(status.ReadyReplicas, replicas, path.Child("readyReplicas"), errors);
        CheckPart(status.AvailableReplicas, replicas, path.Child("availableReplicas"), errors);
        if (status.AvailableReplicas > (status.ReadyReplicas ?? 0))
            errors.Invalid(path.Child("availableReplicas"), status.AvailableReplicas, "cannot be greater than readyReplicas");
    }

    private static void CheckPart(int? part, int whole, FieldPath path, FieldErrors errors)
    {
        NumberRules.CheckNotNegative(part, path, errors);
        if (part > whole)
            errors.Invalid(path, part, "cannot be greater than status.replicas");
    }
}
