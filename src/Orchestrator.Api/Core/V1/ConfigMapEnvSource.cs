namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.ConfigMapEnvSource")]
public sealed record ConfigMapEnvSource
{
    [Proto(1, 1)]
    public string? Name { get; init; }

    [Proto(2)]
    public bool? Optional { get; init; }
}
