namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.EndpointHints")]
public sealed record EndpointHints
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<ForZone>? ForZones { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<ForNode>? ForNodes { get; init; }
}
