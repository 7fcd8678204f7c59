using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a Service.</summary>
[ProtoMessage("k8s.io.api.core.v1.ServiceStatus")]
public sealed record ServiceStatus
{
    /// <summary>Where the load balancer is reached.</summary>
    [Proto(1)]
    public LoadBalancerStatus? LoadBalancer { get; init; }

    /// <summary>Latest observations of its state, one for each type.</summary>
    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<Condition>? Conditions { get; init; }
}
