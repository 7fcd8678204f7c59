namespace Orchestrator.Api.Core.V1;

/// <summary>Requirements that must all hold.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.NodeSelectorTerm")]
public sealed record NodeSelectorTerm
{
    /// <summary>Requirements that must all hold.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<NodeSelectorRequirement>? MatchExpressions { get; init; }

    /// <summary>Requirements on the node's fields.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<NodeSelectorRequirement>? MatchFields { get; init; }
}
