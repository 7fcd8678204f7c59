namespace Orchestrator.Api.Core.V1;

/// <summary>Rules about pods to stay away from.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodAntiAffinity")]
public sealed record PodAntiAffinity
{
    /// <summary>Must hold when the pod is placed; not looked at afterwards.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<PodAffinityTerm>? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    /// <summary>Preferences when the pod is placed, each with a weight.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<WeightedPodAffinityTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; init; }
}
