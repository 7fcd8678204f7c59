using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectRulesReview")]
[Resource("authorization.k8s.io", "v1", "SelfSubjectRulesReview", "selfsubjectrulesreviews", "selfsubjectrulesreview", Namespaced = false)]
public sealed record SelfSubjectRulesReview : KubernetesObject
{
    public SelfSubjectRulesReview()
    {
        ApiVersion = "authorization.k8s.io/v1";
        Kind = "SelfSubjectRulesReview";
    }

    [Proto(2), Required]
    public SelfSubjectRulesReviewSpec? Spec { get; init; }

    [Proto(3)]
    public SubjectRulesReviewStatus? Status { get; init; }
}
