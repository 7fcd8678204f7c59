namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenReviewStatus")]
public sealed record TokenReviewStatus
{
    [Proto(1)]
    public bool? Authenticated { get; init; }

    [Proto(2)]
    public UserInfo? User { get; init; }

    [Proto(3)]
    public string? Error { get; init; }

    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }
}
