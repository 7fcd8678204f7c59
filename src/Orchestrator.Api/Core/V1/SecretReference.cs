namespace Orchestrator.Api.Core.V1;

/// <summary>A secret, by name and namespace.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.SecretReference")]
public sealed record SecretReference
{
    /// <summary>Name of the object.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>Namespace of the object.</summary>
    [Proto(2)]
    public string? Namespace { get; init; }
}
