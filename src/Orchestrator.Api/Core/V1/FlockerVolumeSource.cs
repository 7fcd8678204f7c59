namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FlockerVolumeSource")]
public sealed record FlockerVolumeSource
{
    [Proto(1)]
    public string? DatasetName { get; init; }

    [Proto(2)]
    public string? DatasetUUID { get; init; }
}
