using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

/// <summary>Rules on cluster-wide objects, or on objects in all namespaces.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.ClusterRole")]
[Resource("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", "clusterrole", Namespaced = false)]
public sealed record ClusterRole : KubernetesObject
{
    public ClusterRole()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "ClusterRole";
    }

    /// <summary>What is allowed.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<PolicyRule>? Rules { get; init; }

    /// <summary>Fills the rules from other roles.</summary>
    [Proto(3)]
    public AggregationRule? AggregationRule { get; init; }
}
