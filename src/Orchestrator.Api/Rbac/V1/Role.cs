using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Rbac.V1;

/// <summary>Rules on the objects of one namespace.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.Role")]
[Resource("rbac.authorization.k8s.io", "v1", "Role", "roles", "role", Namespaced = true)]
public sealed record Role : KubernetesObject
{
    public Role()
    {
        ApiVersion = "rbac.authorization.k8s.io/v1";
        Kind = "Role";
    }

    /// <summary>What is allowed.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<PolicyRule>? Rules { get; init; }
}
