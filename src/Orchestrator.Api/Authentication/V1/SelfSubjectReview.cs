using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authentication.V1;

/// <summary>Tells the caller who the server takes it to be.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.SelfSubjectReview")]
[Resource("authentication.k8s.io", "v1", "SelfSubjectReview", "selfsubjectreviews", "selfsubjectreview", Namespaced = false)]
public sealed record SelfSubjectReview : KubernetesObject
{
    public SelfSubjectReview()
    {
        ApiVersion = "authentication.k8s.io/v1";
        Kind = "SelfSubjectReview";
    }

    /// <summary>What the system last observed. Written by the system.</summary>
    [Proto(2)]
    public SelfSubjectReviewStatus? Status { get; init; }
}
