namespace Orchestrator.Api.Core.V1;

[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.LocalObjectReference")]
public sealed record LocalObjectReference
{
    [Proto(1)]
    public string? Name { get; init; }
}
