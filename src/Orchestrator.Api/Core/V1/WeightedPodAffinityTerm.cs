namespace Orchestrator.Api.Core.V1;

/// <summary>A term with a weight.</summary>
[ProtoMessage("k8s.io.api.core.v1.WeightedPodAffinityTerm")]
public sealed record WeightedPodAffinityTerm
{
    /// <summary>Weight of the preference, 1 to 100.</summary>
    [Proto(1), Required]
    public int? Weight { get; init; }

    /// <summary>The term.</summary>
    [Proto(2), Required]
    public PodAffinityTerm? PodAffinityTerm { get; init; }
}
