using Orchestrator.Api.Meta.V1;

namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.PersistentVolumeClaimSpec")]
public sealed record PersistentVolumeClaimSpec
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? AccessModes { get; init; }

    [Proto(2)]
    public VolumeResourceRequirements? Resources { get; init; }

    [Proto(3)]
    public string? VolumeName { get; init; }

    [Proto(4)]
    public LabelSelector? Selector { get; init; }

    [Proto(5)]
    public string? StorageClassName { get; init; }

    [Proto(6), Default("Filesystem")]
    public string? VolumeMode { get; init; }

    [Proto(7)]
    public TypedLocalObjectReference? DataSource { get; init; }

    [Proto(8)]
    public TypedObjectReference? DataSourceRef { get; init; }

    [Proto(9)]
    public string? VolumeAttributesClassName { get; init; }
}
