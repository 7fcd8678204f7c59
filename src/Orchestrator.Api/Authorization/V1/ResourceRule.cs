namespace Orchestrator.Api.Authorization.V1;

/// <summary>Allowed verbs on resources.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.ResourceRule")]
public sealed record ResourceRule
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
}
