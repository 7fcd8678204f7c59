namespace Orchestrator.Api.Authorization.V1;

/// <summary>The answer.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.SubjectAccessReviewStatus")]
public sealed record SubjectAccessReviewStatus
{
    /// <summary>Whether it is allowed.</summary>
    [Proto(1), Required]
    public bool? Allowed { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(2)]
    public string? Reason { get; init; }

    /// <summary>Error met while the answer was worked out; the answer may still hold.</summary>
    [Proto(3)]
    public string? EvaluationError { get; init; }

    /// <summary>Whether it is expressly forbidden.</summary>
    [Proto(4)]
    public bool? Denied { get; init; }
}
