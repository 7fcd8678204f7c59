namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PreferredSchedulingTerm")]
public sealed record PreferredSchedulingTerm
{
    [Proto(1), Required]
    public int? Weight { get; init; }

    [Proto(2), Required]
    public NodeSelectorTerm? Preference { get; init; }
}
