namespace Orchestrator.Api.Core.V1;

/// <summary>A resource of a container, and the unit it is given in.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ResourceFieldSelector")]
public sealed record ResourceFieldSelector
{
    /// <summary>Name of the container.</summary>
    [Proto(1)]
    public string? ContainerName { get; init; }

    /// <summary>The resource.</summary>
    [Proto(2), Required]
    public string? Resource { get; init; }

    /// <summary>Unit the value is given in.</summary>
    [Proto(3)]
    public Quantity? Divisor { get; init; }
}
