using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PodStatus")]
public sealed record PodStatus
{
    [Proto(1)]
    public string? Phase { get; init; }

    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    [Proto(3)]
    public string? Message { get; init; }

    [Proto(4)]
    public string? Reason { get; init; }

    [Proto(5)]
    public string? HostIP { get; init; }

    [Proto(6)]
    public string? PodIP { get; init; }

    [Proto(7), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    [Proto(8), ListAtomic]
    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }

    [Proto(9)]
    public string? QosClass { get; init; }

    [Proto(10), ListAtomic]
    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }

    [Proto(11)]
    public string? NominatedNodeName { get; init; }

    [Proto(12), ListMap("ip"), PatchMerge("ip")]
    public IReadOnlyList<PodIP>? PodIPs { get; init; }

    [Proto(13), ListAtomic]
    public IReadOnlyList<ContainerStatus>? EphemeralContainerStatuses { get; init; }

    [Proto(14)]
    public string? Resize { get; init; }

    [Proto(15), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<PodResourceClaimStatus>? ResourceClaimStatuses { get; init; }

    [Proto(16), ListAtomic, PatchMerge("ip")]
    public IReadOnlyList<HostIP>? HostIPs { get; init; }

    [Proto(17)]
    public long? ObservedGeneration { get; init; }

    [Proto(18)]
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    [Proto(19)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    [Proto(20)]
    public ResourceRequirements? Resources { get; init; }

    [Proto(21), ListAtomic]
    public IReadOnlyList<NodeAllocatableResourceClaimStatus>? NodeAllocatableResourceClaimStatuses { get; init; }
}
