namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ResourceStatus")]
public sealed record ResourceStatus
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(2), ListMap("resourceID")]
    public IReadOnlyList<ResourceHealth>? Resources { get; init; }
}
