namespace Orchestrator.Api.Core.V1;

/// <summary>A field of the pod.</summary>
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
