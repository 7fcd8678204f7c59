namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodSchedulingGate")]
public sealed record PodSchedulingGate
{
    [Proto(1), Required]
    public string? Name { get; init; }
}
