namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.NonResourceRule")]
public sealed record NonResourceRule
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Verbs { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? NonResourceURLs { get; init; }
}
