namespace Orchestrator.Api.Core.V1;

/// <summary>Rules that attract a pod to nodes and pods, or keep it away.</summary>
[ProtoMessage("k8s.io.api.core.v1.Affinity")]
public sealed record Affinity
{
    /// <summary>Which nodes are required or preferred.</summary>
    [Proto(1)]
    public NodeAffinity? NodeAffinity { get; init; }

    /// <summary>Pods to be near to.</summary>
    [Proto(2)]
    public PodAffinity? PodAffinity { get; init; }

    /// <summary>Pods to stay away from.</summary>
    [Proto(3)]
    public PodAntiAffinity? PodAntiAffinity { get; init; }
}
