using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

/// <summary>Asks whether someone may do something.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReview")]
[Resource("authorization.k8s.io", "v1", "SubjectAccessReview", "subjectaccessreviews", "subjectaccessreview", Namespaced = false)]
public sealed record SubjectAccessReview : KubernetesObject
{
    public SubjectAccessReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "SubjectAccessReview";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public SubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public SubjectAccessReviewStatus? Status { get; init; }
}
