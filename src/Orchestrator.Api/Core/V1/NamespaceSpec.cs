namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NamespaceSpec")]
public sealed record NamespaceSpec
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? Finalizers { get; init; }
}
