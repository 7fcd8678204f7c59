using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

/// <summary>Puts the rules of other cluster roles together.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.AggregationRule")]
public sealed record AggregationRule
{
    /// <summary>Roles whose rules are put together.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<LabelSelector>? ClusterRoleSelectors { get; init; }
}
