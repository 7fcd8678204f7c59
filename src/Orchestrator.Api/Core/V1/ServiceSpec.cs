namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ServiceSpec")]
public sealed record ServiceSpec
{
    [Proto(1), ListMap("port", "protocol"), PatchMerge("port")]
    public IReadOnlyList<ServicePort>? Ports { get; init; }

    [Proto(2), MapAtomic]
    public IReadOnlyDictionary<string, string>? Selector { get; init; }

    [Proto(3)]
    public string? ClusterIP { get; init; }

    [Proto(4), Default("ClusterIP")]
    public string? Type { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? ExternalIPs { get; init; }

    [Proto(7), Default("None")]
    public string? SessionAffinity { get; init; }

    [Proto(8)]
    public string? LoadBalancerIP { get; init; }

    [Proto(9), ListAtomic]
    public IReadOnlyList<string>? LoadBalancerSourceRanges { get; init; }

    [Proto(10)]
    public string? ExternalName { get; init; }

    [Proto(11)]
    public string? ExternalTrafficPolicy { get; init; }

    [Proto(12)]
    public int? HealthCheckNodePort { get; init; }

    [Proto(13)]
    public bool? PublishNotReadyAddresses { get; init; }

    [Proto(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    [Proto(17)]
    public string? IpFamilyPolicy { get; init; }

    [Proto(18), ListAtomic]
    public IReadOnlyList<string>? ClusterIPs { get; init; }

    [Proto(19), ListAtomic]
    public IReadOnlyList<string>? IpFamilies { get; init; }

    [Proto(20)]
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    [Proto(21)]
    public string? LoadBalancerClass { get; init; }

    [Proto(22), Default("Cluster")]
    public string? InternalTrafficPolicy { get; init; }

    [Proto(23)]
    public string? TrafficDistribution { get; init; }
}
