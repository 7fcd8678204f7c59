namespace Orchestrator.Api.Core.V1;

/// <summary>Something that must be done before a pod is placed.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodSchedulingGate")]
public sealed record PodSchedulingGate
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }
}
