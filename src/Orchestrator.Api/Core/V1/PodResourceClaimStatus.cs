namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodResourceClaimStatus")]
public sealed record PodResourceClaimStatus
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Name of the resource claim.</summary>
    [Proto(2)]
    public string? ResourceClaimName { get; init; }
}
