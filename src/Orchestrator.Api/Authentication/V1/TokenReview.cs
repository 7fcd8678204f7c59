using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authentication.V1;

/// <summary>Asks whom a token stands for.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.TokenReview")]
[Resource("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", "tokenreview", Namespaced = false)]
public sealed record TokenReview : KubernetesObject
{
    public TokenReview()
    {
        ApiVersion = "authentication.k8s.io/v1";
        Kind = "TokenReview";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public TokenReviewSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public TokenReviewStatus? Status { get; init; }
}
