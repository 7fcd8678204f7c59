namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CinderPersistentVolumeSource")]
public sealed record CinderPersistentVolumeSource
{
    /// <summary>Id of the volume at its provider.</summary>
    [Proto(1), Required]
    public string? VolumeID { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(2)]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(4)]
    public SecretReference? SecretRef { get; init; }
}
