namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FCVolumeSource")]
public sealed record FCVolumeSource
{
    /// <summary>World wide names of the target.</summary>
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? TargetWWNs { get; init; }

    /// <summary>Logical unit number.</summary>
    [Proto(2)]
    public int? Lun { get; init; }

    /// <summary>Filesystem type to mount.</summary>
    [Proto(3)]
    public string? FsType { get; init; }

    /// <summary>Mounts or attaches it read-only.</summary>
    [Proto(4)]
    public bool? ReadOnly { get; init; }

    /// <summary>World wide ids of the volume.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? Wwids { get; init; }
}
