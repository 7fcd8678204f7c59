namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EndpointSubset")]
public sealed record EndpointSubset
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<EndpointAddress>? Addresses { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<EndpointAddress>? NotReadyAddresses { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}
