namespace Orchestrator.Api.Core.V1;

/// <summary>Fields of the pod as files in a projected volume.</summary>
[ProtoMessage("k8s.io.api.core.v1.DownwardAPIProjection")]
public sealed record DownwardAPIProjection
{
    /// <summary>Which keys become which files; all keys when left out.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<DownwardAPIVolumeFile>? Items { get; init; }
}
