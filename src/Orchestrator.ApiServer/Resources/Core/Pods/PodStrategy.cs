using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>Pods: start Pending, keep most of their spec, and die in their grace period.</summary>
internal sealed class PodStrategy : ResourceStrategy<Pod>
{
    public override void SetDefaults(JsonObject document)
    {
        PodSpecDefaults.Apply(document.Child("spec"));
        PodSpecDefaults.ApplyToPod(document.Child("spec"));
    }

    public override void PrepareForCreate(RequestContext context, JsonObject document)
    {
        var pod = new ApiObject((JsonObject)document.DeepClone()).As<Pod>();
        var status = new JsonObject { ["phase"] = "Pending", ["qosClass"] = QualityOfService.Of(pod.Spec ?? new PodSpec()) };
        if (pod.Spec?.SchedulingGates is { Count: > 0 })
        {
            status["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "PodScheduled",
                ["status"] = "False",
                ["reason"] = "SchedulingGated",
                ["message"] = "Scheduling is blocked due to non-empty scheduling gates",
                ["lastProbeTime"] = null,
                ["lastTransitionTime"] = null,
            });
        }

        document["status"] = status;
    }

    protected override void Validate(Pod item, FieldErrors errors) =>
        PodSpecRules.Check(item.Spec ?? new PodSpec(), FieldPath.Of("spec"), errors);

    public override void ValidateCreate(RequestContext context, ApiObject item, FieldErrors errors)
    {
        base.ValidateCreate(context, item, errors);
        if (item.As<Pod>().Spec?.EphemeralContainers is { Count: > 0 })
            errors.Forbidden(FieldPath.Of("spec").Child("ephemeralContainers"), "cannot be set on create");
        if (item.As<Pod>().Spec is { NodeName.Length: > 0, SchedulingGates.Count: > 0 })
            errors.Forbidden(FieldPath.Of("spec").Child("nodeName"), "cannot be set until all schedulingGates have been cleared");
    }

    public override void ValidateUpdate(RequestContext context, ApiObject item, ApiObject old, FieldErrors errors)
    {
        base.ValidateUpdate(context, item, old, errors);
        PodUpdateRules.Check(item.As<Pod>(), old.As<Pod>(), item.Document, old.Document, errors);
    }

    /// <summary>
    /// What no kubelet runs (any more) goes at once; for the rest the kubelet ends the containers and then deletes with grace 0.
    /// </summary>
    public override GracefulDeletion PlanDeletion(ApiObject item, long? requestedGraceSeconds)
    {
        var pod = item.As<Pod>();
        var seconds = requestedGraceSeconds ?? pod.Spec?.TerminationGracePeriodSeconds ?? 30;
        if (seconds < 0)
            seconds = 1;
        var nobodyRunsIt = string.IsNullOrEmpty(pod.Spec?.NodeName) || pod.Status?.Phase is "Succeeded" or "Failed";
        return seconds == 0 || nobodyRunsIt ? GracefulDeletion.Immediate : GracefulDeletion.After(seconds);
    }
}
