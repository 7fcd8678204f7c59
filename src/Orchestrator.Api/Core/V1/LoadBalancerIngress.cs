namespace Orchestrator.Api.Core.V1;

/// <summary>An address of a load balancer.</summary>
[ProtoMessage("k8s.io.api.core.v1.LoadBalancerIngress")]
public sealed record LoadBalancerIngress
{
    /// <summary>IP address.</summary>
    [Proto(1)]
    public string? Ip { get; init; }

    /// <summary>Host name.</summary>
    [Proto(2)]
    public string? Hostname { get; init; }

    /// <summary>How traffic to the address arrives: VIP or Proxy.</summary>
    [Proto(3)]
    public string? IpMode { get; init; }

    /// <summary>Ports in question.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<PortStatus>? Ports { get; init; }
}
