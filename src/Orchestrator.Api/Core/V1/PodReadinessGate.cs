namespace Orchestrator.Api.Core.V1;

/// <summary>A further condition for a pod to be ready.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodReadinessGate")]
public sealed record PodReadinessGate
{
    /// <summary>Condition of the pod that must be true.</summary>
    [Proto(1), Required]
    public string? ConditionType { get; init; }
}
