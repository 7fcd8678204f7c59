namespace Orchestrator.Api.Core.V1;

/// <summary>A reference to an object.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.api.core.v1.ObjectReference")]
public sealed record ObjectReference
{
    /// <summary>Kind of the object.</summary>
    [Proto(1)]
    public string? Kind { get; init; }

    /// <summary>Namespace of the object.</summary>
    [Proto(2)]
    public string? Namespace { get; init; }

    /// <summary>Name of the object.</summary>
    [Proto(3)]
    public string? Name { get; init; }

    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(4)]
    public string? Uid { get; init; }

    /// <summary>Group and version of the object.</summary>
    [Proto(5)]
    public string? ApiVersion { get; init; }

    /// <summary>Version of the object in the store; changes with every write. Opaque to clients.</summary>
    [Proto(6)]
    public string? ResourceVersion { get; init; }

    /// <summary>Path of the field.</summary>
    [Proto(7)]
    public string? FieldPath { get; init; }
}
