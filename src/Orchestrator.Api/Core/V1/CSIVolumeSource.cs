namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CSIVolumeSource")]
public sealed record CSIVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Proto(1), Required]
    public string? Driver { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(2)]
    public bool? ReadOnly { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(3)]
    public string? FsType { get; init; }

    /// <summary>Settings for the driver.</summary>
    [Proto(4)]
    public IReadOnlyDictionary<string, string>? VolumeAttributes { get; init; }

    /// <summary>Secret handed to the driver when the volume is mounted into the pod.</summary>
    [Proto(5)]
    public LocalObjectReference? NodePublishSecretRef { get; init; }
}
