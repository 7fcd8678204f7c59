using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

[ProtoMessage("k8s.io.api.rbac.v1.ClusterRoleBinding")]
[Resource("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", "clusterrolebinding", Namespaced = false)]
public sealed record ClusterRoleBinding : KubernetesObject
{
    public ClusterRoleBinding()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "ClusterRoleBinding";
    }

    [Proto(2), ListAtomic]
    public IReadOnlyList<Subject>? Subjects { get; init; }

    [Proto(3), Required]
    public RoleRef? RoleRef { get; init; }
}
