namespace Orchestrator.Api.Core.V1;

/// <summary>All keys of a secret as environment variables.</summary>
[ProtoMessage("k8s.io.api.core.v1.SecretEnvSource")]
public sealed record SecretEnvSource
{
    /// <summary>Name of the object.</summary>
    [Proto(1, 1)]
    public string? Name { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(2)]
    public bool? Optional { get; init; }
}
