namespace Orchestrator.Api.Authentication.V1;

/// <summary>Who the caller is.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.SelfSubjectReviewStatus")]
public sealed record SelfSubjectReviewStatus
{
    /// <summary>Who the server takes the caller to be.</summary>
    [Proto(1)]
    public UserInfo? UserInfo { get; init; }
}
