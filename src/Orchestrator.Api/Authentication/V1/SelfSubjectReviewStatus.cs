namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.SelfSubjectReviewStatus")]
public sealed record SelfSubjectReviewStatus
{
    [Proto(1)]
    public UserInfo? UserInfo { get; init; }
}
