namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a namespace.</summary>
[ProtoMessage("k8s.io.api.core.v1.NamespaceStatus")]
public sealed record NamespaceStatus
{
    /// <summary>Active or Terminating.</summary>
    [Proto(1), Default("Active")]
    public string? Phase { get; init; }

    /// <summary>Latest observations of its state, one for each type.</summary>
    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NamespaceCondition>? Conditions { get; init; }
}
