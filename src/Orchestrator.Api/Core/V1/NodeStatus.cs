namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.NodeStatus")]
public sealed record NodeStatus
{
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Allocatable { get; init; }

    [Proto(3)]
    public string? Phase { get; init; }

    [Proto(4), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NodeCondition>? Conditions { get; init; }

    [Proto(5), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    [Proto(6)]
    public NodeDaemonEndpoints? DaemonEndpoints { get; init; }

    [Proto(7)]
    public NodeSystemInfo? NodeInfo { get; init; }

    [Proto(8), ListAtomic]
    public IReadOnlyList<ContainerImage>? Images { get; init; }

    [Proto(9), ListAtomic]
    public IReadOnlyList<string>? VolumesInUse { get; init; }

    [Proto(10), ListAtomic]
    public IReadOnlyList<AttachedVolume>? VolumesAttached { get; init; }

    [Proto(11)]
    public NodeConfigStatus? Config { get; init; }

    [Proto(12), ListAtomic]
    public IReadOnlyList<NodeRuntimeHandler>? RuntimeHandlers { get; init; }

    [Proto(13)]
    public NodeFeatures? Features { get; init; }

    [Proto(14), ListAtomic]
    public IReadOnlyList<string>? DeclaredFeatures { get; init; }
}
