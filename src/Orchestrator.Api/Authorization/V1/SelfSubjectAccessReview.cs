using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

/// <summary>Asks whether the caller may do something.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectAccessReview")]
[Resource("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", "selfsubjectaccessreview", Namespaced = false)]
public sealed record SelfSubjectAccessReview : KubernetesObject
{
    public SelfSubjectAccessReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "SelfSubjectAccessReview";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public SelfSubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public SubjectAccessReviewStatus? Status { get; init; }
}
