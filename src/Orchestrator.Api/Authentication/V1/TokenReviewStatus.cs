namespace Orchestrator.Api.Authentication.V1;

/// <summary>The answer.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenReviewStatus")]
public sealed record TokenReviewStatus
{
    /// <summary>Whether the token is good.</summary>
    [Proto(1)]
    public bool? Authenticated { get; init; }

    /// <summary>Whom the token stands for.</summary>
    [Proto(2)]
    public UserInfo? User { get; init; }

    /// <summary>What went wrong.</summary>
    [Proto(3)]
    public string? Error { get; init; }

    /// <summary>Audiences the token is meant for; any one of them suffices.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }
}
