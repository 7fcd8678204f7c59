namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.SecretKeySelector")]
public sealed record SecretKeySelector
{
    [Proto(1, 1)]
    public string? Name { get; init; }

    [Proto(2), Required]
    public string? Key { get; init; }

    [Proto(3)]
    public bool? Optional { get; init; }
}
