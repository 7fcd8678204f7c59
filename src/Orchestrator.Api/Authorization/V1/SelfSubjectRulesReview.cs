using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

/// <summary>Lists what the caller may do in a namespace.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectRulesReview")]
[Resource("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", "selfsubjectrulesreview", Namespaced = false)]
public sealed record SelfSubjectRulesReview : KubernetesObject
{
    public SelfSubjectRulesReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "SelfSubjectRulesReview";
    }

    /// <summary>What the user wants.</summary>
    [Proto(2), Required]
    public SelfSubjectRulesReviewSpec? Spec { get; init; }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(3)]
    public SubjectRulesReviewStatus? Status { get; init; }
}
