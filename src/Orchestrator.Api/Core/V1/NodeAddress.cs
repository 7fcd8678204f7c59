namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeAddress")]
public sealed record NodeAddress
{
    [Proto(1), Required]
    public string? Type { get; init; }

    [Proto(2), Required]
    public string? Address { get; init; }
}
