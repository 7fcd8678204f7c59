namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.ForZone")]
public sealed record ForZone
{
    [Proto(1), Required]
    public string? Name { get; init; }
}
