namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a container.</summary>
[ProtoMessage("k8s.io.api.core.v1.ContainerStatus")]
public sealed record ContainerStatus
{
    /// <summary>Name of the container.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>State now.</summary>
    [Proto(2)]
    public ContainerState? State { get; init; }

    /// <summary>How the previous run ended.</summary>
    [Proto(3)]
    public ContainerState? LastState { get; init; }

    /// <summary>Whether it is ready.</summary>
    [Proto(4), Required]
    public bool? Ready { get; init; }

    /// <summary>How often it was started again.</summary>
    [Proto(5), Required]
    public int? RestartCount { get; init; }

    /// <summary>Container image.</summary>
    [Proto(6), Required]
    public string? Image { get; init; }

    /// <summary>Id of the image that runs.</summary>
    [Proto(7), Required]
    public string? ImageID { get; init; }

    /// <summary>Id of the container, with the runtime's scheme.</summary>
    [Proto(8)]
    public string? ContainerID { get; init; }

    /// <summary>Whether it runs and its startup probe has succeeded.</summary>
    [Proto(9)]
    public bool? Started { get; init; }

    /// <summary>Resources the node has set aside.</summary>
    [Proto(10)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    /// <summary>Requests and limits in force.</summary>
    [Proto(11)]
    public ResourceRequirements? Resources { get; init; }

    /// <summary>Where volumes of the pod are mounted in the container.</summary>
    [Proto(12), ListMap("mountPath"), PatchMerge("mountPath")]
    public IReadOnlyList<VolumeMountStatus>? VolumeMounts { get; init; }

    /// <summary>Identity of the first process.</summary>
    [Proto(13)]
    public ContainerUser? User { get; init; }

    /// <summary>Health of devices set aside.</summary>
    [Proto(14), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<ResourceStatus>? AllocatedResourcesStatus { get; init; }

    /// <summary>Signal that asks it to end.</summary>
    [Proto(15)]
    public string? StopSignal { get; init; }
}
