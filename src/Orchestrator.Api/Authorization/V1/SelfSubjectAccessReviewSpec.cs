namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectAccessReviewSpec")]
public sealed record SelfSubjectAccessReviewSpec
{
    [Proto(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    [Proto(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}
