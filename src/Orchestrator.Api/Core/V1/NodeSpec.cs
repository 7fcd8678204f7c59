namespace Orchestrator.Api.Core.V1;

/// <summary>What a node should be.</summary>
[ProtoMessage("k8s.io.api.core.v1.NodeSpec")]
public sealed record NodeSpec
{
    /// <summary>Range for the node's pods.</summary>
    [Proto(1)]
    public string? PodCIDR { get; init; }

    /// <summary>No longer used.</summary>
    [Proto(2)]
    public string? ExternalID { get; init; }

    /// <summary>Id of the node at its provider.</summary>
    [Proto(3)]
    public string? ProviderID { get; init; }

    /// <summary>No new pods are placed here while true.</summary>
    [Proto(4)]
    public bool? Unschedulable { get; init; }

    /// <summary>Taints of the node.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<Taint>? Taints { get; init; }

    /// <summary>No longer used.</summary>
    [Proto(6)]
    public NodeConfigSource? ConfigSource { get; init; }

    /// <summary>Ranges for the node's pods, one for each family.</summary>
    [Proto(7), ListSet, PatchMerge]
    public IReadOnlyList<string>? PodCIDRs { get; init; }
}
