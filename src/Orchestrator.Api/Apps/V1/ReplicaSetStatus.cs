namespace Orchestrator.Api.Apps.V1;

/// <summary>What was last observed of a replica set.</summary>
[ProtoMessage("k8s.io.api.apps.v1.ReplicaSetStatus")]
public sealed record ReplicaSetStatus
{
    /// <summary>Number of pods.</summary>
    [Proto(1), Required]
    public int? Replicas { get; init; }

    /// <summary>Pods whose labels match those of the template.</summary>
    [Proto(2)]
    public int? FullyLabeledReplicas { get; init; }

    /// <summary>Generation of the spec that this status was worked out from.</summary>
    [Proto(3)]
    public long? ObservedGeneration { get; init; }

    /// <summary>Pods with a true Ready condition.</summary>
    [Proto(4)]
    public int? ReadyReplicas { get; init; }

    /// <summary>Pods that have been ready for at least minReadySeconds.</summary>
    [Proto(5)]
    public int? AvailableReplicas { get; init; }

    /// <summary>Latest observations of its state, one for each type.</summary>
    [Proto(6), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<ReplicaSetCondition>? Conditions { get; init; }

    /// <summary>Pods that are on their way out and have not ended yet.</summary>
    [Proto(7)]
    public int? TerminatingReplicas { get; init; }
}
