using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

[ProtoMessage("k8s.io.api.rbac.v1.RoleBinding")]
[Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "rolebinding", Namespaced = true)]
public sealed record RoleBinding : KubernetesObject
{
    public RoleBinding()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "RoleBinding";
    }

    [Proto(2), ListAtomic]
    public IReadOnlyList<Subject>? Subjects { get; init; }

    [Proto(3), Required]
    public RoleRef? RoleRef { get; init; }
}
