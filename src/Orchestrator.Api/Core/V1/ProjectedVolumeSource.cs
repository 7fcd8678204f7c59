namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ProjectedVolumeSource")]
public sealed record ProjectedVolumeSource
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<VolumeProjection>? Sources { get; init; }

    [Proto(2), Default(420)]
    public int? DefaultMode { get; init; }
}
