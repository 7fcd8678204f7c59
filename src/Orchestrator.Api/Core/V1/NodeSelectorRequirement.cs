namespace Orchestrator.Api.Core.V1;

/// <summary>One requirement on a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeSelectorRequirement")]
public sealed record NodeSelectorRequirement
{
    /// <summary>The key.</summary>
    [Proto(1), Required]
    public string? Key { get; init; }

    /// <summary>Relation between the key and the values.</summary>
    [Proto(2), Required]
    public string? Operator { get; init; }

    /// <summary>Values the operator compares with.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Values { get; init; }
}
