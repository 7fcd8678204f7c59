namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.NodeSelector")]
public sealed record NodeSelector
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<NodeSelectorTerm>? NodeSelectorTerms { get; init; }
}
