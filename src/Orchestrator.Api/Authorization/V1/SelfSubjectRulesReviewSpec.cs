namespace Orchestrator.Api.Authorization.V1;

/// <summary>The namespace that is asked about.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SelfSubjectRulesReviewSpec")]
public sealed record SelfSubjectRulesReviewSpec
{
    /// <summary>Namespace of the object.</summary>
    [Proto(1)]
    public string? Namespace { get; init; }
}
