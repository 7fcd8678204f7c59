namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a node.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeStatus")]
public sealed record NodeStatus
{
    /// <summary>All there is.</summary>
    [Proto(1)]
    public IReadOnlyDictionary<string, Quantity>? Capacity { get; init; }

    /// <summary>What pods can have of it.</summary>
    [Proto(2)]
    public IReadOnlyDictionary<string, Quantity>? Allocatable { get; init; }

    /// <summary>Where it is in its life.</summary>
    [Proto(3)]
    public string? Phase { get; init; }

    /// <summary>Facts such as Ready and MemoryPressure.</summary>
    [Proto(4), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NodeCondition>? Conditions { get; init; }

    /// <summary>Addresses of the node by type.</summary>
    [Proto(5), ListMap("type"), PatchMerge("type")]
    public IReadOnlyList<NodeAddress>? Addresses { get; init; }

    /// <summary>Ports of the node's daemons.</summary>
    [Proto(6)]
    public NodeDaemonEndpoints? DaemonEndpoints { get; init; }

    /// <summary>Ids and versions of the node.</summary>
    [Proto(7)]
    public NodeSystemInfo? NodeInfo { get; init; }

    /// <summary>Images on the node.</summary>
    [Proto(8), ListAtomic]
    public IReadOnlyList<ContainerImage>? Images { get; init; }

    /// <summary>Volumes that are mounted or attached.</summary>
    [Proto(9), ListAtomic]
    public IReadOnlyList<string>? VolumesInUse { get; init; }

    /// <summary>Volumes that are attached.</summary>
    [Proto(10), ListAtomic]
    public IReadOnlyList<AttachedVolume>? VolumesAttached { get; init; }

    /// <summary>State of the node's configuration.</summary>
    [Proto(11)]
    public NodeConfigStatus? Config { get; init; }

    /// <summary>Runtime handlers the node offers.</summary>
    [Proto(12), ListAtomic]
    public IReadOnlyList<NodeRuntimeHandler>? RuntimeHandlers { get; init; }

    /// <summary>What is supported.</summary>
    [Proto(13)]
    public NodeFeatures? Features { get; init; }

    /// <summary>Features the node declares.</summary>
    [Proto(14), ListAtomic]
    public IReadOnlyList<string>? DeclaredFeatures { get; init; }
}
