namespace Orchestrator.Api.Core.V1;

/// <summary>Rules about the nodes a pod may or should run on.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeAffinity")]
public sealed record NodeAffinity
{
    /// <summary>Must hold when the pod is placed; not looked at afterwards.</summary>
    [Proto(1)]
    public NodeSelector? RequiredDuringSchedulingIgnoredDuringExecution { get; init; }

    /// <summary>Preferences when the pod is placed, each with a weight.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<PreferredSchedulingTerm>? PreferredDuringSchedulingIgnoredDuringExecution { get; init; }
}
