namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectRulesReviewSpec")]
public sealed record SelfSubjectRulesReviewSpec
{
    [Proto(1)]
    public string? Namespace { get; init; }
}
