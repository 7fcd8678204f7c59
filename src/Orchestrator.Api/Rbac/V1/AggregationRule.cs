using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

[ProtoMessage("k8s.io.api.rbac.v1.AggregationRule")]
public sealed record AggregationRule
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<LabelSelector>? ClusterRoleSelectors { get; init; }
}
