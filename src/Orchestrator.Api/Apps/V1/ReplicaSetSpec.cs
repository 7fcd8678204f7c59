using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Apps.V1;

/// <summary>What a replica set should be.</summary>
[ProtoMessage("k8s.io.api.apps.v1.ReplicaSetSpec")]
public sealed record ReplicaSetSpec
{
    /// <summary>Wanted number of pods.</summary>
    [Proto(1), Default(1)]
    public int? Replicas { get; init; }

    /// <summary>Selects the pods; must match the template's labels and cannot be changed.</summary>
    [Proto(2), Required]
    public LabelSelector? Selector { get; init; }

    /// <summary>What the pods that are made look like.</summary>
    [Proto(3)]
    public PodTemplateSpec? Template { get; init; }

    /// <summary>Seconds a pod must be ready before it counts as available.</summary>
    [Proto(4)]
    public int? MinReadySeconds { get; init; }
}
