namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.ForNode")]
public sealed record ForNode
{
    [Proto(1), Required]
    public string? Name { get; init; }
}
