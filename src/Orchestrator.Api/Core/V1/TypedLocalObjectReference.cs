namespace Orchestrator.Api.Core.V1;

/// <summary>An object of the same namespace, by kind and name.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.TypedLocalObjectReference")]
public sealed record TypedLocalObjectReference
{
    /// <summary>API group of the object.</summary>
    [Proto(1)]
    public string? ApiGroup { get; init; }

    /// <summary>Kind of the object.</summary>
    [Proto(2), Required]
    public string? Kind { get; init; }

    /// <summary>Name of the object.</summary>
    [Proto(3), Required]
    public string? Name { get; init; }
}
