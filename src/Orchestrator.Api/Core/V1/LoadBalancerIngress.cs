namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.LoadBalancerIngress")]
public sealed record LoadBalancerIngress
{
    [Proto(1)]
    public string? Ip { get; init; }

    [Proto(2)]
    public string? Hostname { get; init; }

    [Proto(3)]
    public string? IpMode { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<PortStatus>? Ports { get; init; }
}
