namespace Orchestrator.Api.Discovery.V1;

/// <summary>Who should use a backend.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.EndpointHints")]
public sealed record EndpointHints
{
    /// <summary>Zones that should use it.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<ForZone>? ForZones { get; init; }

    /// <summary>Nodes that should use it.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<ForNode>? ForNodes { get; init; }
}
