namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenReviewSpec")]
public sealed record TokenReviewSpec
{
    [Proto(1), Required]
    public string? Token { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? Audiences { get; init; }
}
