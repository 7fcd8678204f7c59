using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.ApiServer.Resources.Core.Pods.Validation;
using Orchestrator.ApiServer.Validation;

namespace Orchestrator.ApiServer.Resources.Apps;

/// <summary>Checks that kinds which make pods from a template share.</summary>
internal static class WorkloadRules
{
    public static void CheckSelectorAndTemplate(LabelSelector? selector, PodTemplateSpec? template, string kind, FieldPath path, FieldErrors errors)
    {
        if (selector is null)
            errors.Required(path.Child("selector"));
        else
        {
            var before = errors.Count;
            SelectorRules.Check(selector, path.Child("selector"), errors);
            if (SelectorRules.IsEmpty(selector))
                errors.Invalid(path.Child("selector"), new System.Text.Json.Nodes.JsonObject(), $"empty selector is invalid for {kind}");
            else if (errors.Count == before && template is not null && !Matches(selector, template))
                errors.Invalid(path.Child("template", "metadata").Child("labels"), template.Metadata?.Labels, "`selector` does not match template `labels`");
        }

        PodSpecRules.CheckTemplate(template, path.Child("template"), errors);
    }

    public static void CheckAlwaysRestarts(PodTemplateSpec? template, FieldPath path, FieldErrors errors)
    {
        if (template?.Spec?.RestartPolicy is { } policy && policy != "Always")
            errors.NotSupported(path.Child("template", "spec").Child("restartPolicy"), policy, "Always");
        if (template?.Spec?.ActiveDeadlineSeconds is not null)
            errors.Forbidden(path.Child("template", "spec").Child("activeDeadlineSeconds"), "activeDeadlineSeconds in ReplicaSet is not Supported");
    }

    public static void CheckSelectorUnchanged(LabelSelector? selector, LabelSelector? old, FieldPath path, FieldErrors errors)
    {
        if (CellText.Selector(selector) != CellText.Selector(old))
            errors.Invalid(path, System.Text.Json.JsonSerializer.SerializeToNode(selector!, Api.Serialization.ApiJson.TypeInfo<LabelSelector>()), "field is immutable");
    }

    public static void CheckNumberOrPercent(IntOrString? value, FieldPath path, FieldErrors errors)
    {
        if (value is { IsString: true } text && Percent(text) < 0)
            errors.Invalid(path, text.Text, "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        else if (value is { IsString: false } number)
            NumberRules.CheckNotNegative(number.Value, path, errors);
    }

    /// <summary>The number before the percent sign; -1 when it is no percentage.</summary>
    public static int Percent(IntOrString value) => value.Text.EndsWith('%')
        && int.TryParse(value.Text.AsSpan(0, value.Text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent) ? percent : -1;

    public static bool IsZero(IntOrString? value) => value is null or { IsString: false, Value: 0 } || value is { IsString: true } text && Percent(text) == 0;

    private static bool Matches(LabelSelector selector, PodTemplateSpec template) =>
        LabelMatcher.Of(selector).Matches(template.Metadata?.Labels ?? new Dictionary<string, string>());
}
