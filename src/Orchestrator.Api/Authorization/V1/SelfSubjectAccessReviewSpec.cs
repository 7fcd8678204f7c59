namespace Orchestrator.Api.Authorization.V1;

/// <summary>What is asked about.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectAccessReviewSpec")]
public sealed record SelfSubjectAccessReviewSpec
{
    /// <summary>The resource access that is asked about.</summary>
    [Proto(1)]
    public ResourceAttributes? ResourceAttributes { get; init; }

    /// <summary>The URL access that is asked about.</summary>
    [Proto(2)]
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}
