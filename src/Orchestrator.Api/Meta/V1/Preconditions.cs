namespace Orchestrator.Api.Meta.V1;

/// <summary>What must hold for an operation to be done.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.Preconditions")]
public sealed record Preconditions
{
    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(1)]
    public string? Uid { get; init; }

    /// <summary>Version of the object in the store; changes with every write. Opaque to clients.</summary>
    [Proto(2)]
    public string? ResourceVersion { get; init; }
}
