namespace Orchestrator.Api.Core.V1;

/// <summary>Nodes from which a volume can be reached.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeNodeAffinity")]
public sealed record VolumeNodeAffinity
{
    /// <summary>Selector that must match.</summary>
    [Proto(1)]
    public NodeSelector? Required { get; init; }
}
