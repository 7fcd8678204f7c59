using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReview")]
[Resource("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", "subjectaccessreview", Namespaced = false)]
public sealed record SubjectAccessReview : KubernetesObject
{
    public SubjectAccessReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "SubjectAccessReview";
    }

    [Proto(2), Required]
    public SubjectAccessReviewSpec? Spec { get; init; }

    [Proto(3)]
    public SubjectAccessReviewStatus? Status { get; init; }
}
