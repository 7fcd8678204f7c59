namespace Orchestrator.Api.Core.V1;

/// <summary>A directory into which several sources put their files.</summary>
[ProtoMessage("k8s.io.api.core.v1.ProjectedVolumeSource")]
public sealed record ProjectedVolumeSource
{
    /// <summary>What is put together.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<VolumeProjection>? Sources { get; init; }

    /// <summary>Permission bits of the files for which no mode is given.</summary>
    [Proto(2), Default(420)]
    public int? DefaultMode { get; init; }
}
