namespace Orchestrator.Api.Core.V1;

/// <summary>Where a load balancer is reached.</summary>
[ProtoMessage("k8s.io.api.core.v1.LoadBalancerStatus")]
public sealed record LoadBalancerStatus
{
    /// <summary>Where the load balancer is reached.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<LoadBalancerIngress>? Ingress { get; init; }
}
