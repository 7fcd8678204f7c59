namespace Orchestrator.Api.Core.V1;

/// <summary>What a namespace should be.</summary>
[ProtoMessage("k8s.io.api.core.v1.NamespaceSpec")]
public sealed record NamespaceSpec
{
    /// <summary>Work that must be done, entry by entry, before the object goes away.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Finalizers { get; init; }
}
