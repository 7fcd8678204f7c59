namespace Orchestrator.Api.Core.V1;

/// <summary>An object, by kind, name and namespace.</summary>
[ProtoMessage("k8s.io.api.core.v1.TypedObjectReference")]
public sealed record TypedObjectReference
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

    /// <summary>Namespace of the object.</summary>
    [Proto(4)]
    public string? Namespace { get; init; }
}
