namespace Orchestrator.Api.Core.V1;

/// <summary>A directory that lives as long as its pod.</summary>
[ProtoMessage("k8s.io.api.core.v1.EmptyDirVolumeSource")]
public sealed record EmptyDirVolumeSource
{
    /// <summary>Where it lives: the node's disk (empty) or Memory.</summary>
    [Proto(1)]
    public string? Medium { get; init; }

    /// <summary>Most it may hold.</summary>
    [Proto(2)]
    public Quantity? SizeLimit { get; init; }
}
