namespace Orchestrator.Api.Core.V1;

/// <summary>Keys of a secret as files in a projected volume.</summary>
[ProtoMessage("k8s.io.api.core.v1.SecretProjection")]
public sealed record SecretProjection
{
    /// <summary>Name of the object.</summary>
    [Proto(1, 1)]
    public string? Name { get; init; }

    /// <summary>Which keys become which files; all keys when left out.</summary>
    [Proto(2), ListAtomic]
    public IReadOnlyList<KeyToPath>? Items { get; init; }

    /// <summary>Whether it may be missing.</summary>
    [Proto(4)]
    public bool? Optional { get; init; }
}
