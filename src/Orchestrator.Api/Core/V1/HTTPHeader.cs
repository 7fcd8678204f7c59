namespace Orchestrator.Api.Core.V1;

/// <summary>A header of a request.</summary>
[ProtoMessage("k8s.io.api.core.v1.HTTPHeader")]
public sealed record HTTPHeader
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>The value.</summary>
    [Proto(2), Required]
    public string? Value { get; init; }
}
