namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeAllocatableResourceClaimStatus")]
public sealed record NodeAllocatableResourceClaimStatus
{
    [Proto(1), Required]
    public string? ResourceClaimName { get; init; }

    [Proto(2), ListSet]
    public IReadOnlyList<string>? Containers { get; init; }

    [Proto(3), Required]
    public IReadOnlyDictionary<string, Quantity>? Resources { get; init; }
}
