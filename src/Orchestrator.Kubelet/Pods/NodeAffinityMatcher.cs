using System.Globalization;

namespace Orchestrator.Kubelet.Pods;

/// <summary>Whether a node fits a pod's nodeSelector and required node affinity.</summary>
internal static class NodeAffinityMatcher
{
    public static bool Matches(Pod pod, Node node)
    {
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        foreach (var (key, value) in pod.Spec?.NodeSelector ?? new Dictionary<string, string>())
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
                return false;
        }

        // Terms are alternatives; the requirements of one term hold together. An empty term matches nothing.
        return pod.Spec?.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms is not { } terms
            || terms.Any(term => Matches(term, node, labels));
    }

    private static bool Matches(NodeSelectorTerm term, Node node, IReadOnlyDictionary<string, string> labels)
    {
        var expressions = term.MatchExpressions ?? [];
        var fields = term.MatchFields ?? [];
        if (expressions.Count == 0 && fields.Count == 0)
            return false;
        return expressions.All(requirement => Matches(requirement, labels.GetValueOrDefault(requirement.Key ?? "")))
            && fields.All(requirement => requirement.Key == "metadata.name" && Matches(requirement, node.Metadata.Name));
    }

    private static bool Matches(NodeSelectorRequirement requirement, string? actual)
    {
        var values = requirement.Values ?? [];
        return requirement.Operator switch
        {
            "In" => actual is not null && values.Contains(actual),
            "NotIn" => actual is null || !values.Contains(actual),
            "Exists" => actual is not null,
            "DoesNotExist" => actual is null,
            "Gt" => Compare(actual, values) > 0,
            "Lt" => Compare(actual, values) < 0,
            _ => false,
        };
    }

    private static int Compare(string? actual, IReadOnlyList<string> values) =>
        values.Count == 1 && long.TryParse(actual, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
        && long.TryParse(values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right) ? left.CompareTo(right) : 0;
}
