using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

/// <summary>Grants a cluster role everywhere.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.ClusterRoleBinding")]
[Resource("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", Namespaced = false)]
public sealed record ClusterRoleBinding : KubernetesObject
{
    public ClusterRoleBinding()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "ClusterRoleBinding";
    }

    /// <summary>Who is allowed.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<Subject>? Subjects { get; init; }

    /// <summary>The role that is granted; cannot be changed.</summary>
    [Proto(3), Required]
    public RoleRef? RoleRef { get; init; }
}
