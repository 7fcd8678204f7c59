namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimStatus")]
public sealed record PersistentVolumeClaimStatus
{
    [Proto(1), Default("Pending")]
    public string? Phase { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    [Proto(3)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    [Proto(4), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<PersistentVolumeClaimCondition>? Conditions { get; init; }

    [Proto(5)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    [Proto(7)]
    public IReadOnlyDictionary<string, string>? AllocatedResourceStatuses { get; init; }

    [Proto(8)]
    public string? CurrentVolumeAttributesClassName { get; init; }

    [Proto(9)]
    public ModifyVolumeStatus? ModifyVolumeStatus { get; init; }
}
