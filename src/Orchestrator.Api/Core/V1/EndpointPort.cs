namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.EndpointPort")]
public sealed record EndpointPort
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2), Required]
    public int? Port { get; init; }

    [Proto(3), Default("TCP")]
    public string? Protocol { get; init; }

    [Proto(4)]
    public string? AppProtocol { get; init; }
}
