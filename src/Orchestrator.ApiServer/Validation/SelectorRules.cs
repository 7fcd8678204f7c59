using Orchestrator.Api.Meta.V1;

namespace Orchestrator.ApiServer.Validation;

/// <summary>Checks label selectors.</summary>
internal static class SelectorRules
{

    public static void Check(LabelSelector? selector, FieldPath path, FieldErrors errors)
    {
        if (selector is null)
            return;
        LabelRules.CheckLabels(selector.MatchLabels, path.Child("matchLabels"), errors);
        for (var i = 0; i < selector.MatchExpressions?.Count; i++)
            CheckRequirement(selector.MatchExpressions[i], path.Child("matchExpressions").Index(i), errors);
    }

    public static bool IsEmpty(LabelSelector? selector) =>
        (selector?.MatchLabels?.Count ?? 0) + (selector?.MatchExpressions?.Count ?? 0) == 0;

    private static void CheckRequirement(LabelSelectorRequirement requirement, FieldPath path, FieldErrors errors)
    {
        switch (requirement.Operator)
        {
            case "In" or "NotIn" when requirement.Values is not { Count: > 0 }:
                errors.Required(path.Child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                break;
            case "Exists" or "DoesNotExist" when requirement.Values is { Count: > 0 }:
                errors.Forbidden(path.Child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                errors.Invalid(path.Child("operator"), requirement.Operator ?? "", "not a valid selector operator");
                break;
        }

        LabelRules.CheckQualifiedName(requirement.Key ?? "", path.Child("key"), errors);
        for (var i = 0; i < requirement.Values?.Count; i++)
        {
            foreach (var fault in LabelRules.ValueFaults(requirement.Values[i]))
                errors.Invalid(path.Child("values").Index(i), requirement.Values[i], fault);
        }
    }
}
