namespace Orchestrator.Api.Core.V1;

/// <summary>Nodes preferred, with a weight.</summary>
[ProtoMessage("k8s.io.api.core.v1.PreferredSchedulingTerm")]
public sealed record PreferredSchedulingTerm
{
    /// <summary>Weight of the preference, 1 to 100.</summary>
    [Proto(1), Required]
    public int? Weight { get; init; }

    /// <summary>The nodes preferred.</summary>
    [Proto(2), Required]
    public NodeSelectorTerm? Preference { get; init; }
}
