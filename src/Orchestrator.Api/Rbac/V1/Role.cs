using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

[ProtoMessage("k8s.io.api.rbac.v1.Role")]
[Resource("rbac.authorization.k8s.io", "v1", "Role", "roles", "role", Namespaced = true)]
public sealed record Role : KubernetesObject
{
    public Role()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "Role";
    }

    [Proto(2), ListAtomic]
    public IReadOnlyList<PolicyRule>? Rules { get; init; }
}
