namespace Orchestrator.Api.Core.V1;

/// <summary>An image or artifact as a volume.</summary>
[ProtoMessage("k8s.io.api.core.v1.ImageVolumeSource")]
public sealed record ImageVolumeSource
{
    /// <summary>Reference of the image or artifact.</summary>
    [Proto(1)]
    public string? Reference { get; init; }

    /// <summary>When it is fetched.</summary>
    [Proto(2)]
    public string? PullPolicy { get; init; }
}
