namespace Orchestrator.Api.Core.V1;

/// <summary>Files that hold fields of the pod, kept up to date.</summary>
[ProtoMessage("k8s.io.api.core.v1.DownwardAPIVolumeSource")]
public sealed record DownwardAPIVolumeSource
{
    /// <summary>Which keys become which files; all keys when left out.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<DownwardAPIVolumeFile>? Items { get; init; }

    /// <summary>Permission bits of the files for which no mode is given.</summary>
    [Proto(2), Default(420)]
    public int? DefaultMode { get; init; }
}
