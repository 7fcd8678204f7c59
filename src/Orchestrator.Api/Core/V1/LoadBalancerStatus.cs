namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.LoadBalancerStatus")]
public sealed record LoadBalancerStatus
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<LoadBalancerIngress>? Ingress { get; init; }
}
