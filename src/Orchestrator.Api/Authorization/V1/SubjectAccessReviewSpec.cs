namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReviewSpec")]
public sealed record SubjectAccessReviewSpec
{
    [Proto(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Proto(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }

    [Proto(3)]
    public string? User { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Groups { get; init; }

    [Proto(5)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Extra { get; init; }

    [Proto(6)]
    public string? Uid { get; init; }
}
