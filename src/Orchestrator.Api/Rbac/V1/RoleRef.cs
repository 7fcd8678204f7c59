namespace Orchestrator.Api.Rbac.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.rbac.v1.RoleRef")]
public sealed record RoleRef
{
    [Proto(1), Default("rbac.authorization.k8s.io")]
    public string? ApiGroup { get; init; }

    [Proto(2), Required]
    public string? Kind { get; init; }

    [Proto(3), Required]
    public string? Name { get; init; }
}
