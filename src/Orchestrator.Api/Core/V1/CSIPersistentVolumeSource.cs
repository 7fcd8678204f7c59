namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.CSIPersistentVolumeSource")]
public sealed record CSIPersistentVolumeSource
{
    /// <summary>Name of the driver.</summary>
    [Proto(1), Required]
    public string? Driver { get; init; }

    /// <summary>The driver's own id of the volume.</summary>
    [Proto(2), Required]
    public string? VolumeHandle { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(4)]
    public string? FsType { get; init; }

    /// <summary>Settings for the driver.</summary>
    [Proto(5)]
    public IReadOnlyDictionary<string, string>? VolumeAttributes { get; init; }

    /// <summary>Secret for attaching the volume.</summary>
    [Proto(6)]
    public SecretReference? ControllerPublishSecretRef { get; init; }

    /// <summary>Secret for staging the volume on a node.</summary>
    [Proto(7)]
    public SecretReference? NodeStageSecretRef { get; init; }

    /// <summary>Secret handed to the driver when the volume is mounted into the pod.</summary>
    [Proto(8)]
    public SecretReference? NodePublishSecretRef { get; init; }

    /// <summary>Secret for growing the volume.</summary>
    [Proto(9)]
    public SecretReference? ControllerExpandSecretRef { get; init; }

    /// <summary>Secret for growing the volume on a node.</summary>
    [Proto(10)]
    public SecretReference? NodeExpandSecretRef { get; init; }
}
