namespace Orchestrator.Api.Core.V1;

/// <summary>A disk, partition or directory of one node.</summary>
[ProtoMessage("k8s.io.api.core.v1.LocalVolumeSource")]
public sealed record LocalVolumeSource
{
    /// <summary>Path of the file or directory.</summary>
    [Proto(1), Required]
    public string? Path { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }
}
