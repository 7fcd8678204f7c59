namespace Orchestrator.Api.Rbac.V1;

/// <summary>The role that is granted.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.rbac.v1.RoleRef")]
public sealed record RoleRef
{
    /// <summary>API group of the object.</summary>
    [Proto(1), Default("rbac.authorization.k8s.io")]
    public string? ApiGroup { get; init; }

    /// <summary>Role or ClusterRole.</summary>
    [Proto(2), Required]
    public string? Kind { get; init; }

    /// <summary>Name of the role.</summary>
    [Proto(3), Required]
    public string? Name { get; init; }
}
