namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerExtendedResourceRequest")]
public sealed record ContainerExtendedResourceRequest
{
    [Proto(1), Required]
    public string? ContainerName { get; init; }

    [Proto(2), Required]
    public string? ResourceName { get; init; }

    [Proto(3), Required]
    public string? RequestName { get; init; }
}
