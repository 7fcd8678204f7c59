namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.VolumeStatus")]
public sealed record VolumeStatus
{
    /// <summary>Container image.</summary>
    [Proto(1)]
    public ImageVolumeStatus? Image { get; init; }
}
