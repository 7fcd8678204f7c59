namespace Orchestrator.Api.Authentication.V1;

/// <summary>An object that a token's life is tied to.</summary>
[ProtoMessage("k8s.io.api.authentication.v1.BoundObjectReference")]
public sealed record BoundObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Proto(1)]
    public string? Kind { get; init; }

    /// <summary>Group and version of the object.</summary>
    [Proto(2)]
    public string? ApiVersion { get; init; }

    /// <summary>Name of the object.</summary>
    [Proto(3)]
    public string? Name { get; init; }

    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(4)]
    public string? Uid { get; init; }
}
