using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Core.Pods.Validation;

/// <summary>Checks what tells the scheduler where a pod may run.</summary>
internal static class SchedulingRules
{
    private static readonly string[] NodeOperators = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"];
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    public static void Check(PodSpec spec, FieldPath path, FieldErrors errors)
    {
        LabelRules.CheckLabels(spec.NodeSelector, path.Child("nodeSelector"), errors);
        CheckTolerations(spec.Tolerations, path.Child("tolerations"), errors);
        CheckSpread(spec.TopologySpreadConstraints, path.Child("topologySpreadConstraints"), errors);
        CheckGates(spec.SchedulingGates, path.Child("schedulingGates"), errors);
        if (spec.Affinity is not { } affinity)
            return;
        var affinityPath = path.Child("affinity");
        CheckNodeAffinity(affinity.NodeAffinity, affinityPath.Child("nodeAffinity"), errors);
        CheckPodTerms(affinity.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
            affinity.PodAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, affinityPath.Child("podAffinity"), errors);
        CheckPodTerms(affinity.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution,
            affinity.PodAntiAffinity?.PreferredDuringSchedulingIgnoredDuringExecution, affinityPath.Child("podAntiAffinity"), errors);
    }

    public static void CheckTolerations(IReadOnlyList<Toleration>? tolerations, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < tolerations?.Count; i++)
            CheckToleration(tolerations[i], path.Index(i), errors);
    }

    public static void CheckNodeSelector(NodeSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (selector is null)
            return;
        if (selector.NodeSelectorTerms is not { Count: > 0 })
            errors.Required(path.Child("nodeSelectorTerms"), "must have at least one node selector term");
        for (var i = 0; i < selector.NodeSelectorTerms?.Count; i++)
            CheckTerm(selector.NodeSelectorTerms[i], path.Child("nodeSelectorTerms").Index(i), errors);
    }

    private static void CheckToleration(Toleration toleration, FieldPath path, FieldErrors errors)
    {
        if (toleration.Key is { Length: > 0 } key)
            LabelRules.CheckQualifiedName(key, path.Child("key"), errors);
        else if (toleration.Operator != "Exists")
            errors.Invalid(path.Child("operator"), toleration.Operator ?? "", "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
        if (toleration.TolerationSeconds is not null && toleration.Effect != "NoExecute")
            errors.Invalid(path.Child("effect"), toleration.Effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set");
        switch (toleration.Operator)
        {
            case null or "" or "Equal":
                foreach (var fault in LabelRules.ValueFaults(toleration.Value ?? ""))
                    errors.Invalid(path.Child("operator"), toleration.Value ?? "", fault);
                break;
            case "Exists" when toleration.Value is { Length: > 0 }:
                // The whole toleration is at fault; its operator is shown.
                errors.Invalid(path.Child("operator"), toleration.Value, "value must be empty when `operator` is 'Exists'");
                break;
            case "Exists":
                break;
            default:
                errors.NotSupported(path.Child("operator"), toleration.Operator, "Equal", "Exists");
                break;
        }

        if (toleration.Effect is { Length: > 0 } effect && !Effects.Contains(effect))
            errors.NotSupported(path.Child("effect"), effect, Effects);
    }

    private static void CheckSpread(IReadOnlyList<TopologySpreadConstraint>? constraints, FieldPath path, FieldErrors errors)
    {
        var pairs = new HashSet<(string?, string?)>();
        for (var i = 0; i < constraints?.Count; i++)
        {
            var constraint = constraints[i];
            if (constraint.MaxSkew is not > 0)
                errors.Invalid(path.Index(i).Child("maxSkew"), constraint.MaxSkew ?? 0, "must be greater than zero");
            if (string.IsNullOrEmpty(constraint.TopologyKey))
                errors.Required(path.Index(i).Child("topologyKey"), "can not be empty");
            else
                LabelRules.CheckQualifiedName(constraint.TopologyKey, path.Index(i).Child("topologyKey"), errors);
            if (constraint.WhenUnsatisfiable is not ("DoNotSchedule" or "ScheduleAnyway"))
                errors.NotSupported(path.Index(i).Child("whenUnsatisfiable"), constraint.WhenUnsatisfiable ?? "", "DoNotSchedule", "ScheduleAnyway");
            else if (!pairs.Add((constraint.TopologyKey, constraint.WhenUnsatisfiable)))
                errors.Duplicate(path.Index(i).Child("{topologyKey, whenUnsatisfiable}"), $"{{{constraint.TopologyKey}, {constraint.WhenUnsatisfiable}}}");
            if (constraint.MinDomains is <= 0)
                errors.Invalid(path.Index(i).Child("minDomains"), constraint.MinDomains, "must be greater than zero");
            else if (constraint.MinDomains is not null && constraint.WhenUnsatisfiable != "DoNotSchedule")
                errors.Invalid(path.Index(i).Child("minDomains"), constraint.MinDomains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway");
            SelectorRules.Check(constraint.LabelSelector, path.Index(i).Child("labelSelector"), errors);
        }
    }

    private static void CheckGates(IReadOnlyList<PodSchedulingGate>? gates, FieldPath path, FieldErrors errors)
    {
        var names = new HashSet<string>();
        for (var i = 0; i < gates?.Count; i++)
        {
            LabelRules.CheckQualifiedName(gates[i].Name ?? "", path.Index(i), errors);
            if (!names.Add(gates[i].Name ?? ""))
                errors.Duplicate(path.Index(i), gates[i].Name);
        }
    }

    private static void CheckNodeAffinity(NodeAffinity? affinity, FieldPath path, FieldErrors errors)
    {
        CheckNodeSelector(affinity?.RequiredDuringSchedulingIgnoredDuringExecution, path.Child("requiredDuringSchedulingIgnoredDuringExecution"), errors);
        var preferred = affinity?.PreferredDuringSchedulingIgnoredDuringExecution;
        for (var i = 0; i < preferred?.Count; i++)
        {
            var termPath = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            CheckWeight(preferred[i].Weight, termPath.Child("weight"), errors);
            if (preferred[i].Preference is { } preference)
                CheckTerm(preference, termPath.Child("preference"), errors);
            else
                errors.Required(termPath.Child("preference"));
        }
    }

    private static void CheckTerm(NodeSelectorTerm term, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < term.MatchExpressions?.Count; i++)
            CheckRequirement(term.MatchExpressions[i], path.Child("matchExpressions").Index(i), errors);
        for (var i = 0; i < term.MatchFields?.Count; i++)
            CheckFieldRequirement(term.MatchFields[i], path.Child("matchFields").Index(i), errors);
    }

    private static void CheckRequirement(NodeSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn" when requirement.Values is not { Count: > 0 }:
                errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when requirement.Values is { Count: > 0 }:
                errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "Gt" or "Lt" when requirement.Values is not { Count: 1 }:
                errors.Required(path.Child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                break;
            case var known when NodeOperators.Contains(known):
                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator ?? "", "not a valid selector operator");
                break;
        }

        LabelRules.CheckQualifiedName(requirement.Key ?? "", path.Child("key"), errors);
    }

    private static void CheckFieldRequirement(NodeSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        if (requirement.Operator is not ("In" or "NotIn"))
            errors.Invalid(path.Child("operator"), requirement.Operator ?? "", "not a valid selector operator");
        else if (requirement.Values is not { Count: 1 })
            errors.Required(path.Child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
        if (requirement.Key != "metadata.name")
            errors.Invalid(path.Child("key"), requirement.Key ?? "", "not a valid field selector key");
    }

    private static void CheckPodTerms(
        IReadOnlyList<PodAffinityTerm>? required, IReadOnlyList<WeightedPodAffinityTerm>? preferred, FieldPath path, FieldErrors errors)
    {
        for (var i = 0; i < required?.Count; i++)
            CheckPodTerm(required[i], path.Child("requiredDuringSchedulingIgnoredDuringExecution").Index(i), errors);
        for (var i = 0; i < preferred?.Count; i++)
        {
            var termPath = path.Child("preferredDuringSchedulingIgnoredDuringExecution").Index(i);
            CheckWeight(preferred[i].Weight, termPath.Child("weight"), errors);
            CheckPodTerm(preferred[i].PodAffinityTerm ?? new PodAffinityTerm(), termPath.Child("podAffinityTerm"), errors);
        }
    }

    private static void CheckPodTerm(PodAffinityTerm term, FieldPath path, FieldErrors errors)
    {
        SelectorRules.Check(term.LabelSelector, path.Child("labelSelector"), errors);
        SelectorRules.Check(term.NamespaceSelector, path.Child("namespaceSelector"), errors);
        for (var i = 0; i < term.Namespaces?.Count; i++)
        {
            if (NameRules.DnsLabel(term.Namespaces[i]) is { } fault)
                errors.Invalid(path.Child("namespaces").Index(i), term.Namespaces[i], fault);
        }

        if (string.IsNullOrEmpty(term.TopologyKey))
            errors.Required(path.Child("topologyKey"), "can not be empty");
        else
            LabelRules.CheckQualifiedName(term.TopologyKey, path.Child("topologyKey"), errors);
    }

    private static void CheckWeight(int? weight, FieldPath path, FieldErrors errors)
    {
        if (weight is not (>= 1 and <= 100))
            errors.Invalid(path, weight ?? 0, "must be in the range 1-100");
    }
}
