namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodExtendedResourceClaimStatus")]
public sealed record PodExtendedResourceClaimStatus
{
    /// <summary>Which request of the claim serves which container.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<ContainerExtendedResourceRequest>? RequestMappings { get; init; }

    /// <summary>Name of the resource claim.</summary>
    [Proto(2), Required]
    public string? ResourceClaimName { get; init; }
}
