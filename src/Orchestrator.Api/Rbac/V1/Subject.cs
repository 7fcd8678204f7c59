namespace Orchestrator.Api.Rbac.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.rbac.v1.Subject")]
public sealed record Subject
{
    [Proto(1), Required]
    public string? Kind { get; init; }

    [Proto(2)]
    public string? ApiGroup { get; init; }

    [Proto(3), Required]
    public string? Name { get; init; }

    [Proto(4)]
    public string? Namespace { get; init; }
}
