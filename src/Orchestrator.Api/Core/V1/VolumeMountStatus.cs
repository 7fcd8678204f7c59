namespace Orchestrator.Api.Core.V1;

/// <summary>What was last observed of a mount.</summary>
[ProtoMessage("k8s.io.api.core.v1.VolumeMountStatus")]
public sealed record VolumeMountStatus
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Path in the container.</summary>
    [Proto(2), Required]
    public string? MountPath { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(3)]
    public bool? ReadOnly { get; init; }

    /// <summary>Whether mounts below a read-only mount are read-only too.</summary>
    [Proto(4)]
    public string? RecursiveReadOnly { get; init; }

    /// <summary>State particular to the volume's type.</summary>
    [Proto(5)]
    public VolumeStatus? VolumeStatus { get; init; }
}
