namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeAllocatableResourceClaimStatus")]
public sealed record NodeAllocatableResourceClaimStatus
{
    /// <summary>Name of the resource claim.</summary>
    [Proto(1), Required]
    public string? ResourceClaimName { get; init; }

    /// <summary>Containers in question.</summary>
    [Proto(2), ListSet]
    public IReadOnlyList<string>? Containers { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(3), Required]
    public IReadOnlyDictionary<string, Quantity>? Resources { get; init; }
}
