namespace Orchestrator.Api.Rbac.V1;

/// <summary>Someone who is granted a role.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.rbac.v1.Subject")]
public sealed record Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Proto(1), Required]
    public string? Kind { get; init; }

    /// <summary>API group of the object.</summary>
    [Proto(2)]
    public string? ApiGroup { get; init; }

    /// <summary>Name of the subject.</summary>
    [Proto(3), Required]
    public string? Name { get; init; }

    /// <summary>Namespace of the object.</summary>
    [Proto(4)]
    public string? Namespace { get; init; }
}
