namespace Orchestrator.Api.Core.V1;

[ProtoMessage("k8s.io.api.core.v1.EnvFromSource")]
public sealed record EnvFromSource
{
    [Proto(1)]
    public string? Prefix { get; init; }

    [Proto(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; init; }

    [Proto(3)]
    public SecretEnvSource? SecretRef { get; init; }
}
