namespace Orchestrator.Api.Core.V1;

/// <summary>A source whose keys all become environment variables.</summary>
[ProtoMessage("k8s.io.api.core.v1.EnvFromSource")]
public sealed record EnvFromSource
{
    /// <summary>Put before each key.</summary>
    [Proto(1)]
    public string? Prefix { get; init; }

    /// <summary>The config map.</summary>
    [Proto(2)]
    public ConfigMapEnvSource? ConfigMapRef { get; init; }

    /// <summary>Secret with the credentials.</summary>
    [Proto(3)]
    public SecretEnvSource? SecretRef { get; init; }
}
