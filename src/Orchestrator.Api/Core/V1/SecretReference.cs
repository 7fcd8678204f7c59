namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.SecretReference")]
public sealed record SecretReference
{
    [Proto(1)]
    public string? Name { get; init; }

    [Proto(2)]
    public string? Namespace { get; init; }
}
