namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.WeightedPodAffinityTerm")]
public sealed record WeightedPodAffinityTerm
{
    [Proto(1), Required]
    public int? Weight { get; init; }

    [Proto(2), Required]
    public PodAffinityTerm? PodAffinityTerm { get; init; }
}
