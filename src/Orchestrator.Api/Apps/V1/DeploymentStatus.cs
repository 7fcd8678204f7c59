namespace Orchestrator.Api.Apps.V1;

/// <summary>What was last observed of a deployment.</summary>
[ProtoMessage("k8s.io.api.apps.v1.DeploymentStatus")]
public sealed record DeploymentStatus
{
    /// <summary>Generation of the spec that this status was worked out from.</summary>
    [Proto(1)]
    public long? ObservedGeneration { get; init; }

    /// <summary>Number of pods.</summary>
    [Proto(2)]
    public int? Replicas { get; init; }

    /// <summary>Pods made from the current template.</summary>
    [Proto(3)]
    public int? UpdatedReplicas { get; init; }

    /// <summary>Pods that have been ready for at least minReadySeconds.</summary>
    [Proto(4)]
    public int? AvailableReplicas { get; init; }

    /// <summary>Pods still missing for full availability.</summary>
    [Proto(5)]
    public int? UnavailableReplicas { get; init; }

    /// <summary>Latest observations of its state, one for each type.</summary>
    [Proto(6), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<DeploymentCondition>? Conditions { get; init; }

    /// <summary>Pods with a true Ready condition.</summary>
    [Proto(7)]
    public int? ReadyReplicas { get; init; }

    /// <summary>How often the hash of the template collided with another replica set's name.</summary>
    [Proto(8)]
    public int? CollisionCount { get; init; }

    /// <summary>Pods that are on their way out and have not ended yet.</summary>
    [Proto(9)]
    public int? TerminatingReplicas { get; init; }
}
