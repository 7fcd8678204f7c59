namespace Orchestrator.Api.Rbac.V1;

[ProtoMessage("k8s.io.api.rbac.v1.PolicyRule")]
public sealed record PolicyRule
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Verbs { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? ApiGroups { get; init; }

    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Resources { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? ResourceNames { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? NonResourceURLs { get; init; }
}
