namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodResourceClaim")]
public sealed record PodResourceClaim
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(3)]
    public string? ResourceClaimName { get; init; }

    [Proto(4)]
    public string? ResourceClaimTemplateName { get; init; }
}
