namespace Orchestrator.Api.Core.V1;

/// <summary>Operating system of a pod's containers.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodOS")]
public sealed record PodOS
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }
}
