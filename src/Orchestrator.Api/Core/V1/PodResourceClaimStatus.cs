namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodResourceClaimStatus")]
public sealed record PodResourceClaimStatus
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public string? ResourceClaimName { get; init; }
}
