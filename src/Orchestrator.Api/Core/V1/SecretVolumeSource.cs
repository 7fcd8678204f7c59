namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SecretVolumeSource")]
public sealed record SecretVolumeSource
{
    [Proto(1)]
    public string? SecretName { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    [Proto(3), Default(420)]
    public int? DefaultMode { get; init; }

    [Proto(4)]
    public bool? Optional { get; init; }
}
