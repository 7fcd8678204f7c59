using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ServiceStatus")]
public sealed record ServiceStatus
{
    [Proto(1)]
    public LoadBalancerStatus? LoadBalancer { get; init; }

    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
