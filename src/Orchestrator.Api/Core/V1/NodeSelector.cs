namespace Orchestrator.Api.Core.V1;

/// <summary>Selects nodes; one of its terms must hold.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.NodeSelector")]
public sealed record NodeSelector
{
    /// <summary>Alternatives; one must hold.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<NodeSelectorTerm>? NodeSelectorTerms { get; init; }
}
