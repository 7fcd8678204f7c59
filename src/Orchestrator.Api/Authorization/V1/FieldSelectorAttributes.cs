using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.FieldSelectorAttributes")]
public sealed record FieldSelectorAttributes
{
    /// <summary>The selector as it stood in the request.</summary>
    [Proto(1)]
    public string? RawSelector { get; init; }

    /// <summary>The selector, parsed.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<FieldSelectorRequirement>? Requirements { get; init; }
}
