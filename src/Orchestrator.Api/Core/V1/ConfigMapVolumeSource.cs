namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ConfigMapVolumeSource")]
public sealed record ConfigMapVolumeSource
{
    [Proto(1, 1)]
    public string? Name { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    [Proto(3), Default(420)]
    public int? DefaultMode { get; init; }

    [Proto(4)]
    public bool? Optional { get; init; }
}
