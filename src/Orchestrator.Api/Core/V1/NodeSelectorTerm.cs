namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.NodeSelectorTerm")]
public sealed record NodeSelectorTerm
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<NodeSelectorRequirement>? MatchExpressions { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<NodeSelectorRequirement>? MatchFields { get; init; }
}
