namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerExtendedResourceRequest")]
public sealed record ContainerExtendedResourceRequest
{
    /// <summary>Name of the container.</summary>
    [Proto(1), Required]
    public string? ContainerName { get; init; }

    /// <summary>Name of the resource.</summary>
    [Proto(2), Required]
    public string? ResourceName { get; init; }

    /// <summary>Name of the request in the claim.</summary>
    [Proto(3), Required]
    public string? RequestName { get; init; }
}
