namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ImageVolumeStatus")]
public sealed record ImageVolumeStatus
{
    /// <summary>Digest of the image in the volume.</summary>
    [Proto(1), Required]
    public string? ImageRef { get; init; }
}
