namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.StorageOSVolumeSource")]
public sealed record StorageOSVolumeSource
{
    /// <summary>Name of the volume.</summary>
    [Proto(1)]
    public string? VolumeName { get; init; }

    /// <summary>Namespace of the volume at its provider.</summary>
    [Proto(2)]
    public string? VolumeNamespace { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(3)]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(4)]
    public bool? ReadOnly { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(5)]
    public LocalObjectReference? SecretRef { get; init; }
}
