using System.Text.Json.Serialization;

namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.PodStatus")]
public sealed record PodStatus
{
    /// <summary>Pending, Running, Succeeded, Failed or Unknown.</summary>
    [Proto(1)]
    public string? Phase { get; init; }

    /// <summary>Facts such as PodScheduled, Initialized, ContainersReady and Ready.</summary>
    [Proto(2), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<PodCondition>? Conditions { get; init; }

    /// <summary>Sentence for people that explains it.</summary>
    [Proto(3)]
    public string? Message { get; init; }

    /// <summary>One word, for programs, why it is so.</summary>
    [Proto(4)]
    public string? Reason { get; init; }

    /// <summary>Address of the node.</summary>
    [Proto(5)]
    public string? HostIP { get; init; }

    /// <summary>Primary address of the pod.</summary>
    [Proto(6)]
    public string? PodIP { get; init; }

    /// <summary>When the node took the pod on.</summary>
    [Proto(7), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? StartTime { get; init; }

    /// <summary>State of each container.</summary>
    [Proto(8), ListAtomic]
    public IReadOnlyList<ContainerStatus>? ContainerStatuses { get; init; }

    /// <summary>Guaranteed, Burstable or BestEffort.</summary>
    [Proto(9)]
    public string? QosClass { get; init; }

    /// <summary>State of each init container.</summary>
    [Proto(10), ListAtomic]
    public IReadOnlyList<ContainerStatus>? InitContainerStatuses { get; init; }

    /// <summary>Node on which room is being made for the pod.</summary>
    [Proto(11)]
    public string? NominatedNodeName { get; init; }

    /// <summary>Addresses of the pod.</summary>
    [Proto(12), ListMap("ip"), PatchMerge("ip")]
    public IReadOnlyList<PodIP>? PodIPs { get; init; }

    /// <summary>State of each ephemeral container.</summary>
    [Proto(13), ListAtomic]
    public IReadOnlyList<ContainerStatus>? EphemeralContainerStatuses { get; init; }

    /// <summary>Deprecated: see the resize conditions.</summary>
    [Proto(14)]
    public string? Resize { get; init; }

    /// <summary>Claims made for the pod.</summary>
    [Proto(15), ListMap("name"), PatchMerge("name", RetainKeys = true)]
    public IReadOnlyList<PodResourceClaimStatus>? ResourceClaimStatuses { get; init; }

    /// <summary>Addresses of the node.</summary>
    [Proto(16), ListAtomic, PatchMerge("ip")]
    public IReadOnlyList<HostIP>? HostIPs { get; init; }

    /// <summary>Generation of the spec that this status was worked out from.</summary>
    [Proto(17)]
    public long? ObservedGeneration { get; init; }

    /// <summary>Claim made for extended resources.</summary>
    [Proto(18)]
    public PodExtendedResourceClaimStatus? ExtendedResourceClaimStatus { get; init; }

    /// <summary>Resources the node has set aside.</summary>
    [Proto(19)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(20)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Claims that use what the node can allocate.</summary>
    [Proto(21), ListAtomic]
    public IReadOnlyList<NodeAllocatableResourceClaimStatus>? NodeAllocatableResourceClaimStatuses { get; init; }
}
