namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NamespaceStatus")]
public sealed record NamespaceStatus
{
    [Proto(1), Default("Active")]
    public string? Phase { get; init; }

    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NamespaceCondition>? Conditions { get; init; }
}
