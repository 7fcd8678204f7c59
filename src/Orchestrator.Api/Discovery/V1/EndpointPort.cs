namespace Orchestrator.Api.Discovery.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.discovery.v1.EndpointPort")]
public sealed record EndpointPort
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2), Default("TCP")]
    public string? Protocol { get; init; }

    [Proto(3)]
    public int? Port { get; init; }

    [Proto(4)]
    public string? AppProtocol { get; init; }
}
