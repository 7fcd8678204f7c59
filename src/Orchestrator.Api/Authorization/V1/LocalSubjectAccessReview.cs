using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

/// <summary>Asks whether someone may do something in one namespace.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.LocalSubjectAccessReview")]
[Resource("authorization.k8s.io", "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", "localsubjectaccessreview", Namespaced = true)]
public sealed record LocalSubjectAccessReview : KubernetesObject
{
    public LocalSubjectAccessReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "LocalSubjectAccessReview";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public SubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public SubjectAccessReviewStatus? Status { get; init; }
}
