namespace Orchestrator.Api.Discovery.V1;

/// <summary>A node that should use a backend.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.ForNode")]
public sealed record ForNode
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }
}
