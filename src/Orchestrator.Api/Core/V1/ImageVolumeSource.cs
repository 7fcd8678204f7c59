namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ImageVolumeSource")]
public sealed record ImageVolumeSource
{
    [Proto(1)]
    public string? Reference { get; init; }

    [Proto(2)]
    public string? PullPolicy { get; init; }
}
