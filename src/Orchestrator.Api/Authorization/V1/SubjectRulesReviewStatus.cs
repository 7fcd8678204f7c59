namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SubjectRulesReviewStatus")]
public sealed record SubjectRulesReviewStatus
{
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<ResourceRule>? ResourceRules { get; init; }

    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<NonResourceRule>? NonResourceRules { get; init; }

    [Proto(3), Required]
    public bool? Incomplete { get; init; }

    [Proto(4)]
    public string? EvaluationError { get; init; }
}
