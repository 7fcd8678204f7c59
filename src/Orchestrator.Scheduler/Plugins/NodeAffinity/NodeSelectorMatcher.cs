using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Selectors;
using Orchestrator.Scheduler.Framework;

namespace Orchestrator.Scheduler.Plugins.NodeAffinity;

/// <summary>Node selectors: terms are alternatives, the expressions of a term must all hold. An empty term matches nothing.</summary>
internal static class NodeSelectorMatcher
{
    public static bool Matches(NodeSelector selector, NodeInfo node) => (selector.NodeSelectorTerms ?? []).Any(term => Matches(term, node));

    public static bool Matches(NodeSelectorTerm term, NodeInfo node)
    {
        if ((term.MatchExpressions?.Count ?? 0) + (term.MatchFields?.Count ?? 0) == 0)
            return false;
        return (term.MatchExpressions ?? []).All(requirement => MatchesLabel(requirement, node.Labels))
            && (term.MatchFields ?? []).All(requirement => MatchesField(requirement, node));
    }

    private static bool MatchesLabel(NodeSelectorRequirement requirement, IReadOnlyDictionary<string, string> labels) =>
        new LabelRequirement(requirement.Key ?? "", OperatorOf(requirement.Operator), requirement.Values ?? []).Matches(labels);

    // metadata.name is the only field that validation lets through.
    private static bool MatchesField(NodeSelectorRequirement requirement, NodeInfo node) =>
        requirement.Key == "metadata.name" && requirement.Operator switch
        {
            "In" => requirement.Values?.Contains(node.Name) == true,
            "NotIn" => requirement.Values?.Contains(node.Name) != true,
            _ => false,
        };

    private static LabelOperator OperatorOf(string? text) => text switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        "Gt" => LabelOperator.GreaterThan,
        "Lt" => LabelOperator.LessThan,
        _ => throw new FormatException($"\"{text}\" is not a valid node selector operator"),
    };
}
