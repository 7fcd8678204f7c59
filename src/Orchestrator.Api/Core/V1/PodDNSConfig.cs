namespace Orchestrator.Api.Core.V1;

/// <summary>DNS settings of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodDNSConfig")]
public sealed record PodDNSConfig
{
    /// <summary>Addresses of DNS servers.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Nameservers { get; init; }

    /// <summary>Search domains.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Searches { get; init; }

    /// <summary>Resolver options.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<PodDNSConfigOption>? Options { get; init; }
}
