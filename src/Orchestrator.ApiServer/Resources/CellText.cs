using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.ApiServer.Resources;

/// <summary>Texts that table cells of several kinds share.</summary>
internal static class CellText
{
    public const string None = "<none>";

    /// <summary>"app=web,tier=front" in the order of keys.</summary>
    public static string Labels(IReadOnlyDictionary<string, string>? labels) => labels is not { Count: > 0 }
        ? None
        : string.Join(',', labels.OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => $"{label.Key}={label.Value}"));

    public static string Selector(LabelSelector? selector)
    {
        if (selector is null)
            return None;
        var parts = new List<string>();
        if (selector.MatchLabels is { Count: > 0 } labels)
            parts.Add(Labels(labels));
        foreach (var expression in selector.MatchExpressions ?? [])
        {
            parts.Add(expression.Operator switch
            {
                "In" => $"{expression.Key} in ({string.Join(',', (expression.Values ?? []).Order(StringComparer.Ordinal))})",
                "NotIn" => $"{expression.Key} notin ({string.Join(',', (expression.Values ?? []).Order(StringComparer.Ordinal))})",
                "DoesNotExist" => $"!{expression.Key}",
                _ => expression.Key ?? "",
            });
        }

        return parts.Count == 0 ? None : string.Join(',', parts);
    }

    public static string ContainerNames(PodTemplateSpec? template) => string.Join(',', (template?.Spec?.Containers ?? []).Select(one => one.Name));

    public static string Images(PodTemplateSpec? template) => string.Join(',', (template?.Spec?.Containers ?? []).Select(one => one.Image));
}
