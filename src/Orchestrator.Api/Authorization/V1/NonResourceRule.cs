namespace Orchestrator.Api.Authorization.V1;

/// <summary>Allowed verbs on URLs.</summary>
[ProtoMessage("k8s.io.api.authorization.v1.NonResourceRule")]
public sealed record NonResourceRule
{
    /// <summary>Verbs that apply; * means all.</summary>
    [Proto(1), Required, ListAtomic]
    public IReadOnlyList<string>? Verbs { get; init; }

    /// <summary>URL paths; * at the end matches any rest.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? NonResourceURLs { get; init; }
}
