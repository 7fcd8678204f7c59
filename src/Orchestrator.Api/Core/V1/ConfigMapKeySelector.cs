namespace Orchestrator.Api.Core.V1;

/// <summary>One key of a config map.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ConfigMapKeySelector")]
public sealed record ConfigMapKeySelector
{
    /// <summary>Name of the object.</summary>
    [Proto(1, 1)]
    public string? Name { get; init; }

    /// <summary>The key.</summary>
    [Proto(2), Required]
    public string? Key { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(3)]
    public bool? Optional { get; init; }
}
