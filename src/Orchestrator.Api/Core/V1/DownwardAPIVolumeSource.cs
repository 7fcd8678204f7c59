namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.DownwardAPIVolumeSource")]
public sealed record DownwardAPIVolumeSource
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<DownwardAPIVolumeFile>? Items { get; init; }

    [Proto(2), Default(420)]
    public int? DefaultMode { get; init; }
}
