namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ContainerStatus")]
public sealed record ContainerStatus
{
    [Proto(1), Required]
    public string? Name { get; init; }

    [Proto(2)]
    public ContainerState? State { get; init; }

    [Proto(3)]
    public ContainerState? LastState { get; init; }

    [Proto(4), Required]
    public bool? Ready { get; init; }

    [Proto(5), Required]
    public int? RestartCount { get; init; }

    [Proto(6), Required]
    public string? Image { get; init; }

    [Proto(7), Required]
    public string? ImageID { get; init; }

    [Proto(8)]
    public string? ContainerID { get; init; }

    [Proto(9)]
    public bool? Started { get; init; }

    [Proto(10)]
    public IReadOnlyDictionary<string, Quantity>? AllocatedResources { get; init; }

    [Proto(11)]
    public ResourceRequirements? Resources { get; init; }

    [Proto(12), ListMap("mountPath"), PatchMerge("mountPath")]
    public IReadOnlyList<VolumeMountStatus>? VolumeMounts { get; init; }

    [Proto(13)]
    public ContainerUser? User { get; init; }

    [Proto(14), ListMap("name"), PatchMerge("name")]
    public IReadOnlyList<ResourceStatus>? AllocatedResourcesStatus { get; init; }

    [Proto(15)]
    public string? StopSignal { get; init; }
}
