namespace Orchestrator.Api.Meta.V1;

/// <summary>An object that another depends on.</summary>
[MapAtomic]
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.OwnerReference")]
public sealed record OwnerReference
{
    /// <summary>Kind of the object.</summary>
    [Proto(1), Required]
    public string? Kind { get; init; }

    /// <summary>Name of the owner.</summary>
    [Proto(3), Required]
    public string? Name { get; init; }

    /// <summary>Id of the owner.</summary>
    [Proto(4), Required]
    public string? Uid { get; init; }

    /// <summary>Group and version of the object.</summary>
    [Proto(5), Required]
    public string? ApiVersion { get; init; }

    /// <summary>Whether this owner manages the object.</summary>
    [Proto(6)]
    public bool? Controller { get; init; }

    /// <summary>Whether the owner, deleted in the foreground, waits for this object.</summary>
    [Proto(7)]
    public bool? BlockOwnerDeletion { get; init; }
}
