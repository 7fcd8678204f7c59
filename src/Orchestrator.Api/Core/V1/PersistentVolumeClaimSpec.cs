using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

/// <summary>What storage is asked for.</summary>
[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimSpec")]
public sealed record PersistentVolumeClaimSpec
{
    /// <summary>How the volume may be mounted.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    /// <summary>Resources in question.</summary>
    [Proto(2)]
    public VolumeResourceRequirements? Resources { get; init; }

    /// <summary>Name of the volume.</summary>
    [Proto(3)]
    public string? VolumeName { get; init; }

    /// <summary>Selects the pods it works on.</summary>
    [Proto(4)]
    public LabelSelector? Selector { get; init; }

    /// <summary>Name of the storage class.</summary>
    [Proto(5)]
    public string? StorageClassName { get; init; }

    /// <summary>Filesystem or Block.</summary>
    [Proto(6), Default("Filesystem")]
    public string? VolumeMode { get; init; }

    /// <summary>What the volume is filled from.</summary>
    [Proto(7)]
    public TypedLocalObjectReference? DataSource { get; init; }

    /// <summary>What the volume is filled from; may be of any kind.</summary>
    [Proto(8)]
    public TypedObjectReference? DataSourceRef { get; init; }

    /// <summary>Name of the volume attributes class.</summary>
    [Proto(9)]
    public string? VolumeAttributesClassName { get; init; }
}
