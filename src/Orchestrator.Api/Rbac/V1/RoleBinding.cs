using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

/// <summary>Grants a role in one namespace.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.RoleBinding")]
[Resource("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", "rolebinding", Namespaced = true)]
public sealed record RoleBinding : KubernetesObject
{
    public RoleBinding()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "RoleBinding";
    }

    /// <summary>Who is allowed.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<Subject>? Subjects { get; init; }

    /// <summary>The role that is granted; cannot be changed.</summary>
    [Proto(3), Required]
    public RoleRef? RoleRef { get; init; }
}
