namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodResourceClaim")]
public sealed record PodResourceClaim
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Name of the resource claim.</summary>
    [Proto(3)]
    public string? ResourceClaimName { get; init; }

    /// <summary>Name of the template a claim is made from.</summary>
    [Proto(4)]
    public string? ResourceClaimTemplateName { get; init; }
}
