using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Discovery.V1;

[ProtoMessage("k8s.io.api.discovery.v1.EndpointSlice")]
[Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", "endpointslice", Namespaced = true)]
public sealed record EndpointSlice : KubernetesObject
{
    public EndpointSlice()
    {
        ApiVersion = "discovery.k8s.io/v1";
        Kind = "EndpointSlice";
    }

    [Proto(2), ListAtomic]
    public IReadOnlyList<Endpoint>? Endpoints { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<EndpointPort>? Ports { get; init; }

    [Proto(4), Required]
    public string? AddressType { get; init; }
}
