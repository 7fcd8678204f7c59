namespace Orchestrator.Api.Core.V1;

/// <summary>Path of a field in an object of a given API version.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ObjectFieldSelector")]
public sealed record ObjectFieldSelector
{
    /// <summary>Group and version of the object.</summary>
    [Proto(1), Default("v1")]
    public string? ApiVersion { get; init; }

    /// <summary>Path of the field.</summary>
    [Proto(2), Required]
    public string? FieldPath { get; init; }
}
