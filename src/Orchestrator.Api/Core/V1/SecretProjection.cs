namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SecretProjection")]
public sealed record SecretProjection
{
    [Proto(1, 1)]
    public string? Name { get; init; }

    [Proto(2), ListAtomic]
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    [Proto(4)]
    public bool? Optional { get; init; }
}
