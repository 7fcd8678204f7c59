namespace Orchestrator.Api.Core.V1;

/// <summary>What a Service should be.</summary>
[ProtoMessage("k8s.io.api.core.v1.ServiceSpec")]
public sealed record ServiceSpec
{
    /// <summary>Ports of the Service.</summary>
    [Proto(1), ListMap("port", "protocol"), PatchMerge("port")]
    public IReadOnlyList<ServicePort>? Ports { get; init; }

    /// <summary>Labels of the pods behind the Service.</summary>
    [Proto(2), MapAtomic]
    public IReadOnlyDictionary<string, string>? Selector { get; init; }

    /// <summary>Address of the Service inside the cluster; None for a headless one.</summary>
    [Proto(3)]
    public string? ClusterIP { get; init; }

    /// <summary>ClusterIP, NodePort, LoadBalancer or ExternalName.</summary>
    [Proto(4), Default("ClusterIP")]
    public string? Type { get; init; }

    /// <summary>Addresses from outside that lead to the Service.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? ExternalIPs { get; init; }

    /// <summary>ClientIP keeps a client with one pod.</summary>
    [Proto(7), Default("None")]
    public string? SessionAffinity { get; init; }

    /// <summary>Deprecated: wanted address of the load balancer.</summary>
    [Proto(8)]
    public string? LoadBalancerIP { get; init; }

    /// <summary>Networks the load balancer lets in.</summary>
    [Proto(9), ListAtomic]
    public IReadOnlyList<string>? LoadBalancerSourceRanges { get; init; }

    /// <summary>DNS name the Service stands for.</summary>
    [Proto(10)]
    public string? ExternalName { get; init; }

    /// <summary>Cluster, or Local to use only pods of the node and keep the client's address.</summary>
    [Proto(11)]
    public string? ExternalTrafficPolicy { get; init; }

    /// <summary>Port on which nodes say whether they have a pod.</summary>
    [Proto(12)]
    public int? HealthCheckNodePort { get; init; }

    /// <summary>Pods count whether ready or not.</summary>
    [Proto(13)]
    public bool? PublishNotReadyAddresses { get; init; }

    /// <summary>Settings of session affinity.</summary>
    [Proto(14)]
    public SessionAffinityConfig? SessionAffinityConfig { get; init; }

    /// <summary>SingleStack, PreferDualStack or RequireDualStack.</summary>
    [Proto(17)]
    public string? IpFamilyPolicy { get; init; }

    /// <summary>Addresses of the Service, one for each family.</summary>
    [Proto(18), ListAtomic]
    public IReadOnlyList<string>? ClusterIPs { get; init; }

    /// <summary>IPv4, IPv6 or both, the first being primary.</summary>
    [Proto(19), ListAtomic]
    public IReadOnlyList<string>? IpFamilies { get; init; }

    /// <summary>Whether a LoadBalancer Service gets node ports.</summary>
    [Proto(20)]
    public bool? AllocateLoadBalancerNodePorts { get; init; }

    /// <summary>Which implementation serves it.</summary>
    [Proto(21)]
    public string? LoadBalancerClass { get; init; }

    /// <summary>Cluster, or Local to use only pods of the client's node.</summary>
    [Proto(22), Default("Cluster")]
    public string? InternalTrafficPolicy { get; init; }

    /// <summary>Preference among pods, such as PreferSameZone or PreferSameNode.</summary>
    [Proto(23)]
    public string? TrafficDistribution { get; init; }
}
