namespace Orchestrator.Api.Discovery.V1;

/// <summary>A zone that should use a backend.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.ForZone")]
public sealed record ForZone
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }
}
