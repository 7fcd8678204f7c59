namespace Orchestrator.Api.Core.V1;

/// <summary>An object of the same namespace, by name.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.LocalObjectReference")]
public sealed record LocalObjectReference
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }
}
