namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.GlusterfsVolumeSource")]
public sealed record GlusterfsVolumeSource
{
    /// <summary>Where it is reached.</summary>
    [Proto(1), Required]
    public string? Endpoints { get; init; }

    /// <summary>Path of the file or directory.</summary>
    [Proto(2), Required]
    public string? Path { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }
}
