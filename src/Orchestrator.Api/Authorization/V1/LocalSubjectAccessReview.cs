using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.LocalSubjectAccessReview")]
[Resource("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", "localsubjectaccessreview", Namespaced = true)]
public sealed record LocalSubjectAccessReview : KubernetesObject
{
    public LocalSubjectAccessReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "LocalSubjectAccessReview";
    }

    [Proto(2), Required]
    public SubjectAccessReviewSpec? Spec { get; init; }

    [Proto(3)]
    public SubjectAccessReviewStatus? Status { get; init; }
}
