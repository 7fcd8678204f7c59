namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.FCVolumeSource")]
public sealed record FCVolumeSource
{
    [Proto(1), ListAtomic]
    public IReadOnlyList<string>? TargetWWNs { get; init; }

    [Proto(2)]
    public int? Lun { get; init; }

    [Proto(3)]
    public string? FsType { get; init; }

    [Proto(4)]
    public bool? ReadOnly { get; init; }

    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? Wwids { get; init; }
}
