namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceClaim")]
public sealed record ResourceClaim
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Request { get; init; }
}
