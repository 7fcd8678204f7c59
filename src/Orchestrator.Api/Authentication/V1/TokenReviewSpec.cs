namespace Orchestrator.Api.Authentication.V1;

/// <summary>The token that is asked about.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenReviewSpec")]
public sealed record TokenReviewSpec
{
    /// <summary>Token to look at.</summary>
    [Proto(1), Required]
    public string? Token { get; init; }

    /// <summary>Audiences the token is meant for; any one of them suffices.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }
}
