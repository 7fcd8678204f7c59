using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>pods/status: what kubelets and the scheduler report.</summary>
internal sealed class PodStatusStrategy : ResourceStrategy<Pod>
{
    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        // The class follows from the spec; older writers leave it out.
        if (old.Child("status")?["qosClass"] is { } qosClass)
            document.ChildOrNew("status")["qosClass"] = qosClass.DeepClone();
    }

    protected override void ValidateChange(Pod item, Pod old, FieldErrors errors)
    {
        var path = FieldPath.Of("status");
        if (item.Status?.NominatedNodeName is { Length: > 0 } nominated && NameRules.DnsSubdomain(nominated) is { } fault)
            errors.Invalid(path.Child("nominatedNodeName"), nominated, fault);
        var types = new HashSet<string>();
        for (var i = 0; i < item.Status?.Conditions?.Count; i++)
        {
            if (!types.Add(item.Status.Conditions[i].Type ?? ""))
                errors.Duplicate(path.Child("conditions").Index(i).Child("type"), item.Status.Conditions[i].Type);
        }

        CheckNoRevival(item, old, path.Child("containerStatuses"), errors);
        for (var i = 0; i < item.Status?.PodIPs?.Count; i++)
            PortRules.CheckAddress(item.Status.PodIPs[i].Ip, path.Child("podIPs").Index(i), errors);
    }

    /// <summary>A container of a pod that never restarts stays terminated.</summary>
    private static void CheckNoRevival(Pod item, Pod old, FieldPath path, FieldErrors errors)
    {
        if (item.Spec?.RestartPolicy == "Always")
            return;
        for (var i = 0; i < item.Status?.ContainerStatuses?.Count; i++)
        {
            var status = item.Status.ContainerStatuses[i];
            var before = old.Status?.ContainerStatuses?.FirstOrDefault(one => one.Name == status.Name);
            var mayRestart = item.Spec?.RestartPolicy == "OnFailure" && before?.State?.Terminated?.ExitCode != 0
                || item.Spec?.Containers?.FirstOrDefault(one => one.Name == status.Name)?.RestartPolicy is "Always" or "OnFailure";
            if (before?.State?.Terminated is not null && status.State?.Terminated is null && !mayRestart)
                errors.Forbidden(path.Index(i).Child("state"), "may not be transitioned to non-terminated state");
        }
    }
}

/// <summary>pods/ephemeralcontainers: containers for debugging, which can be added and never changed.</summary>
internal sealed class EphemeralContainersStrategy : ResourceStrategy<Pod>
{
    public override void SetDefaults(JsonObject document) => PodSpecDefaults.Apply(document.Child("spec"));

    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        var containers = document.Child("spec")?["ephemeralContainers"]?.DeepClone();
        document["spec"] = old["spec"]?.DeepClone();
        if (containers is not null)
            document.ChildOrNew("spec")["ephemeralContainers"] = containers;
        document.Restore("status", old);
    }

    protected override void Validate(Pod item, FieldErrors errors) =>
        PodSpecRules.Check(item.Spec ?? new PodSpec(), FieldPath.Of("spec"), errors);

    public override void ValidateUpdate(RequestContext context, ApiObject item, ApiObject old, FieldErrors errors)
    {
        base.ValidateUpdate(context, item, old, errors);
        var path = FieldPath.Of("spec").Child("ephemeralContainers");
        foreach (var before in old.Document.Child("spec")?.Items("ephemeralContainers") ?? [])
        {
            var name = before.Text("name");
            var now = item.Document.Child("spec")?.Items("ephemeralContainers").FirstOrDefault(one => one.Text("name") == name);
            if (now is null)
                errors.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be removed\n");
            else if (!JsonNode.DeepEquals(now, before))
                errors.Forbidden(path, $"existing ephemeral containers \"{name}\" may not be changed\n");
        }
    }
}

/// <summary>pods/resize: new requests and limits for CPU and memory of containers that run.</summary>
internal sealed class PodResizeStrategy : ResourceStrategy<Pod>
{
    public override void SetDefaults(JsonObject document) => PodSpecDefaults.ApplyToPod(document.Child("spec"));

    /// <summary>Everything but resources and resize policies stays as stored.</summary>
    public override void PrepareForUpdate(RequestContext context, JsonObject document, JsonObject old)
    {
        var spec = (JsonObject?)old["spec"]?.DeepClone();
        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var container in spec?.Items(list) ?? [])
            {
                var wish = document.Child("spec")?.Items(list).FirstOrDefault(one => one.Text("name") == container.Text("name"));
                if (wish is null)
                    continue;
                container.Restore("resources", wish);
                container.Restore("resizePolicy", wish);
            }
        }

        document["spec"] = spec;
        document.Restore("status", old);
    }

    protected override void Validate(Pod item, FieldErrors errors) =>
        PodSpecRules.Check(item.Spec ?? new PodSpec(), FieldPath.Of("spec"), errors);

    protected override void ValidateChange(Pod item, Pod old, FieldErrors errors)
    {
        var path = FieldPath.Of("spec");
        if (QualityOfService.Of(item.Spec!) != QualityOfService.Of(old.Spec!))
            errors.Invalid(path, item.Status?.QosClass ?? "", "Pod QOS Class may not change as a result of resizing");
        for (var i = 0; i < item.Spec?.Containers?.Count && i < old.Spec?.Containers?.Count; i++)
        {
            if (OtherThanCpuAndMemory(item.Spec.Containers[i]) != OtherThanCpuAndMemory(old.Spec!.Containers![i]))
                errors.Forbidden(path.Child("containers").Index(i).Child("resources"), "only cpu and memory resources are mutable");
        }
    }

    private static string OtherThanCpuAndMemory(Container container) => string.Join(',',
        (container.Resources?.Limits ?? new Dictionary<string, Api.Quantity>()).Concat(container.Resources?.Requests ?? new Dictionary<string, Api.Quantity>())
            .Where(one => one.Key is not ("cpu" or "memory")).Select(one => $"{one.Key}={one.Value.ToCanonicalString()}").Order(StringComparer.Ordinal));
}
