using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authentication.V1;

[ProtoMessage("k8s.io.api.authentication.v1.TokenReview")]
[Resource("authentication.k8s.io", "v1", "TokenReview", "tokenreviews", "tokenreview", Namespaced = false)]
public sealed record TokenReview : KubernetesObject
{
    public TokenReview()
    {
        ApiVersion = "authentication.k8s.io/v1";
        Kind = "TokenReview";
    }

    [Proto(2), Required]
    public TokenReviewSpec? Spec { get; init; }

    [Proto(3)]
    public TokenReviewStatus? Status { get; init; }
}
