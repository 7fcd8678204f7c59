using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Testing;

/// <summary>What the fake knows of single kinds, and of the parts of an object that a write may change.</summary>
internal static class FakeKinds
{
    private const string NamespaceFinalizer = "kubernetes";

    public static T Prepare<T>(T item)
        where T : KubernetesObject => item switch
        {
            Namespace n => (T)(KubernetesObject)(n with
            {
                Spec = new NamespaceSpec { Finalizers = [NamespaceFinalizer] },
                Status = new NamespaceStatus { Phase = "Active" },
            }),
            Pod { Status: null } p => (T)(KubernetesObject)(p with { Status = new PodStatus { Phase = "Pending" } }),
            _ => item,
        };

    /// <summary>The next state of an object: a subresource changes its own part only, the object itself all but the status.</summary>
    public static JsonObject Combine(JsonObject old, JsonObject next, string subresource, Type kind)
    {
        var result = (JsonObject)(subresource == "status" ? old : next).DeepClone();
        if (subresource == "status")
            result["status"] = next["status"]?.DeepClone();
        else if (kind.GetProperty("Status") is not null)
            result["status"] = old["status"]?.DeepClone();
        if (result["status"] is null)
            result.Remove("status");
        if (subresource.Length == 0 && kind == typeof(Namespace))
            result["spec"] = old["spec"]?.DeepClone();

        var metadata = (JsonObject)result["metadata"]!;
        foreach (var kept in (string[])["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "resourceVersion"])
        {
            metadata.Remove(kept);
            if (old["metadata"]![kept] is { } value)
                metadata[kept] = value.DeepClone();
        }

        foreach (var list in (string[])["finalizers", "ownerReferences"])
        {
            if (metadata[list] is JsonArray { Count: 0 })
                metadata.Remove(list);
        }

        return result;
    }

    public static bool IsFinished(KubernetesObject item) =>
        item.IsBeingDeleted() && !(item.Metadata.Finalizers?.Count > 0) && !HoldsContent(item) && item is not Pod { Metadata.DeletionGracePeriodSeconds: > 0 };

    public static bool HoldsContent(KubernetesObject item) => item is Namespace { Spec.Finalizers.Count: > 0 };

    public static KubernetesObject MarkTerminating(KubernetesObject item) =>
        item is Namespace n ? n with { Status = (n.Status ?? new NamespaceStatus()) with { Phase = "Terminating" } } : item;

    public static long GraceOf(KubernetesObject item, DeleteOptions options) =>
        item is Pod { Spec.NodeName.Length: > 0, Status.Phase: not ("Succeeded" or "Failed") } pod
            ? options.GracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30
            : 0;

    public static List<string> FinalizersAfterDelete(ObjectMeta metadata, string? propagation)
    {
        var finalizers = (metadata.Finalizers ?? []).ToList();
        if (propagation == "Foreground" && !finalizers.Contains("foregroundDeletion"))
            finalizers.Add("foregroundDeletion");
        if (propagation == "Orphan" && !finalizers.Contains("orphan"))
            finalizers.Add("orphan");
        return finalizers;
    }

    public static Pod Bind(Pod pod, Binding binding, DateTimeOffset now) => pod with
    {
        Spec = pod.Spec! with { NodeName = binding.Target!.Name },
        Status = (pod.Status ?? new PodStatus()) with
        {
            Conditions =
            [
                .. (pod.Status?.Conditions ?? []).Where(c => c.Type != "PodScheduled"),
                new PodCondition { Type = "PodScheduled", Status = "True", LastTransitionTime = now },
            ],
        },
    };
}
