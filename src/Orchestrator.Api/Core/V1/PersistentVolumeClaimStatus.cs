namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a claim.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimStatus")]
public sealed record PersistentVolumeClaimStatus
{
    /// <summary>Where it is in its life.</summary>
    [Proto(1), Default("Pending")]
    public string? Phase { get; init; }

    /// <summary>How the volume may be mounted.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    /// <summary>All there is.</summary>
    [Proto(3)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    /// <summary>Latest observations of its state, one for each type.</summary>
    [Proto(4), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<PersistentVolumeClaimCondition>? Conditions { get; init; }

    /// <summary>Resources the node has set aside.</summary>
    [Proto(5)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    [Proto(7)]
    public IReadOnlyDictionary<string, string>? AllocatedResourceStatuses { get; init; }

    /// <summary>Class the volume has now.</summary>
    [Proto(8)]
    public string? CurrentVolumeAttributesClassName { get; init; }

    /// <summary>State of a change of the class.</summary>
    [Proto(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}
