namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.SecretEnvSource")]
public sealed record SecretEnvSource
{
    [Proto(1, 1)]
    public string? Name { get; init; }

    [Proto(2)]
    public bool? Optional { get; init; }
}
