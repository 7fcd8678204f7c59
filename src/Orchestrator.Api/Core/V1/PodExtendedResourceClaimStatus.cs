namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodExtendedResourceClaimStatus")]
public sealed record PodExtendedResourceClaimStatus
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<ContainerExtendedResourceRequest>? RequestMappings { get; init; }

    [Proto(2), Required]
    public string? ResourceClaimName { get; init; }
}
