using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Authorization.V1;

[ProtoMessage("k8s.io.api.authorization.v1.FieldSelectorAttributes")]
public sealed record FieldSelectorAttributes
{
    [Proto(1)]
    public string? RawSelector { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<FieldSelectorRequirement>? Requirements { get; init; }
}
