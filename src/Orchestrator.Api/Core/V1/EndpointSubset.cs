namespace Orchestrator.Api.Core.V1;

/// <summary>Addresses that share their ports.</summary>
[ProtoMessage("k8s.io.api.core.v1.EndpointSubset")]
public sealed record EndpointSubset
{
    /// <summary>Addresses that are ready.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<EndpointAddress>? Addresses { get; init; }

    /// <summary>Addresses that are not ready.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<EndpointAddress>? NotReadyAddresses { get; init; }

    /// <summary>Ports in question.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<EndpointPort>? Ports { get; init; }
}
