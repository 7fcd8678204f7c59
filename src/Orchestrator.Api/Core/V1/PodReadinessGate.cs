namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodReadinessGate")]
public sealed record PodReadinessGate
{
    [Proto(1), Required]
    public string? ConditionType { get; init; }
}
