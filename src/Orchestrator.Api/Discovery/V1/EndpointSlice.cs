using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Discovery.V1;

/// <summary>Some of the backends of a Service.</summary>
[ProtoMessage("k8s.io.api.discovery.v1.EndpointSlice")]
[Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", Namespaced = true)]
public sealed record EndpointSlice : KubernetesObject
{
    public EndpointSlice()
    {
        ApiVersion = "discovery.k8s.io/v1";
        Kind = "EndpointSlice";
    }

    /// <summary>The endpoints, at most 1000.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<Endpoint>? Endpoints { get; init; }

    /// <summary>Ports of all endpoints; empty means all ports.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<EndpointPort>? Ports { get; init; }

    /// <summary>IPv4, IPv6 or FQDN.</summary>
    [Proto(4), Required]
    public string? AddressType { get; init; }
}
