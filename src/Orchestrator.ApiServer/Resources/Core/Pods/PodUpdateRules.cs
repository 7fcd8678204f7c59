using System.Text.Json.Nodes;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods;

/// <summary>What of a pod may change once it exists.</summary>
internal static class PodUpdateRules
{
    private const string Fault =
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,"
        + "`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Check(Pod pod, Pod old, JsonObject document, JsonObject oldDocument, FieldErrors errors)
    {
        var path = FieldPath.Of("spec");
        if (!CheckContainerCount(pod, old, path, errors))
            return;
        CheckDeadline(pod.Spec?.ActiveDeadlineSeconds, old.Spec?.ActiveDeadlineSeconds, path.Child("activeDeadlineSeconds"), errors);
        CheckTolerations(pod.Spec?.Tolerations, old.Spec?.Tolerations, path.Child("tolerations"), errors);
        CheckGates(pod, old, path.Child("schedulingGates"), errors);
        if (document.Child("spec") is { } spec && oldDocument.Child("spec") is { } oldSpec
            && !JsonNode.DeepEquals(WithAllowedFieldsOf(spec, oldSpec, IsGated(old)), oldSpec))
            errors.Forbidden(path, Fault);
    }

    private static bool CheckContainerCount(Pod pod, Pod old, FieldPath path, FieldErrors errors)
    {
        if (pod.Spec?.Containers?.Count != old.Spec?.Containers?.Count)
        {
            errors.Forbidden(path.Child("containers"), "pod updates may not add or remove containers");
            return false;
        }

        if ((pod.Spec?.InitContainers?.Count ?? 0) == (old.Spec?.InitContainers?.Count ?? 0))
            return true;
        errors.Forbidden(path.Child("initContainers"), "pod updates may not add or remove containers");
        return false;
    }

    /// <summary>May be set, and made shorter.</summary>
    private static void CheckDeadline(long? deadline, long? old, FieldPath path, FieldErrors errors)
    {
        if (old is null || deadline == old)
            return;
        if (deadline is null)
            errors.Invalid(path, null, "must not update from a positive integer to nil value");
        else if (deadline > old)
            errors.Invalid(path, deadline, $"must be less than or equal to previous value");
    }

    private static void CheckTolerations(IReadOnlyList<Toleration>? tolerations, IReadOnlyList<Toleration>? old, FieldPath path, FieldErrors errors)
    {
        foreach (var one in old ?? [])
        {
            var isKept = tolerations?.Any(candidate => candidate with { TolerationSeconds = null } == one with { TolerationSeconds = null }
                && (candidate.TolerationSeconds == one.TolerationSeconds || one.Effect == "NoExecute")) == true;
            if (isKept)
                continue;
            errors.Forbidden(path, "existing toleration can not be modified except its tolerationSeconds");
            return;
        }
    }

    private static bool IsGated(Pod pod) => pod.Spec?.SchedulingGates is { Count: > 0 };

    private static void CheckGates(Pod pod, Pod old, FieldPath path, FieldErrors errors)
    {
        foreach (var gate in pod.Spec?.SchedulingGates ?? [])
        {
            if (old.Spec?.SchedulingGates?.Any(one => one.Name == gate.Name) != true)
                errors.Forbidden(path, $"only deletion is allowed, but found new scheduling gate '{gate.Name}'");
        }
    }

    /// <summary>The new spec with everything that may change put back to what it was.</summary>
    private static JsonNode WithAllowedFieldsOf(JsonObject spec, JsonObject old, bool gated)
    {
        var copy = (JsonObject)spec.DeepClone();
        foreach (var list in (string[])["containers", "initContainers"])
        {
            foreach (var (container, before) in copy.Items(list).Zip(old.Items(list)))
                container.Restore("image", before);
        }

        copy.Restore("activeDeadlineSeconds", old);
        copy.Restore("tolerations", old);
        copy.Restore("schedulingGates", old);
        if (old.Number("terminationGracePeriodSeconds") < 0 && copy.Number("terminationGracePeriodSeconds") == 1)
            copy.Restore("terminationGracePeriodSeconds", old);
        if (gated)
        {
            // A pod that waits at a gate has not been scheduled: where it may run can still be narrowed.
            copy.Restore("nodeSelector", old);
            copy.Restore("affinity", old);
        }

        return copy;
    }
}
