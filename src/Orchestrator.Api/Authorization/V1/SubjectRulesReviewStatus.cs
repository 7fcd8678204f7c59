namespace Orchestrator.Api.Authorization.V1;

/// <summary>What is allowed.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SubjectRulesReviewStatus")]
public sealed record SubjectRulesReviewStatus
{
    /// <summary>Allowed verbs on resources.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<ResourceRule>? ResourceRules { get; init; }

    /// <summary>Allowed verbs on URLs.</summary>
    [Proto(2), Required, ListAtomic]
    public IReadOnlyList<NonResourceRule>? NonResourceRules { get; init; }

    /// <summary>The list may lack rules.</summary>
    [Proto(3), Required]
    public bool? Incomplete { get; init; }

    /// <summary>Error met while the answer was worked out; the answer may still hold.</summary>
    [Proto(4)]
    public string? EvaluationError { get; init; }
}
