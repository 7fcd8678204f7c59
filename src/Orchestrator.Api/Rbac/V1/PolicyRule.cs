namespace Orchestrator.Api.Rbac.V1;

/// <summary>Verbs allowed on resources or URLs.</summary>
[ProtoMessage("k8s.io.api.rbac.v1.PolicyRule")]
public sealed record PolicyRule
{
    /// <summary>Verbs that apply; * means all.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Verbs { get; init; }

    /// <summary>API groups of the resources; * means all.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? ApiGroups { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(3), ListAtomic]
    public IReadOnlyList<string>? Resources { get; init; }

    /// <summary>Names the rule is limited to; empty means all.</summary>
    [Proto(4), ListAtomic]
    public IReadOnlyList<string>? ResourceNames { get; init; }

    /// <summary>URL paths; * at the end matches any rest.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? NonResourceURLs { get; init; }
}
