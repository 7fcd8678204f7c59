namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodDNSConfig")]
public sealed record PodDNSConfig
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Nameservers { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Searches { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<PodDNSConfigOption>? Options { get; init; }
}
