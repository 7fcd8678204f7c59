namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReviewStatus")]
public sealed record SubjectAccessReviewStatus
{
    [Proto(1), Required]
    public bool? Allowed { get; init; }

    [Proto(2)]
    public string? Reason { get; init; }

    [Proto(3)]
    public string? EvaluationError { get; init; }

    [Proto(4)]
    public bool? Denied { get; init; }
}
