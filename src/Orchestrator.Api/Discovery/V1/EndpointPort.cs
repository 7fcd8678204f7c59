namespace Orchestrator.Api.Discovery.V1;

/// <summary>A port of a backend.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.discovery.v1.EndpointPort")]
public sealed record EndpointPort
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>TCP, UDP or SCTP.</summary>
    [Proto(2), Default("TCP")]
    public string? Protocol { get; init; }

    /// <summary>Port number.</summary>
    [Proto(3)]
    public int? Port { get; init; }

    /// <summary>Application protocol, as a hint to implementations.</summary>
    [Proto(4)]
    public string? AppProtocol { get; init; }
}
