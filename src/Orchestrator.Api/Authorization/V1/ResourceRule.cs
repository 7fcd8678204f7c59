namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.ResourceRule")]
public sealed record ResourceRule
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Verbs { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? ApiGroups { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Resources { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? ResourceNames { get; init; }
}
