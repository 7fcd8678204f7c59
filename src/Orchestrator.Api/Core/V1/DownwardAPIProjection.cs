namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.DownwardAPIProjection")]
public sealed record DownwardAPIProjection
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<DownwardAPIVolumeFile>? Items { get; init; }
}
