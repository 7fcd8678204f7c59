namespace Orchestrator.Api.Meta.V1;

/// <summary>A resource and what can be done with it.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.APIResource")]
public sealed record APIResource
{
    /// <summary>Name of the object.</summary>
    [Proto(1), Required]
    public string? Name { get; init; }

    /// <summary>Whether objects live in a namespace.</summary>
    [Proto(2), Required]
    public bool? Namespaced { get; init; }

    /// <summary>Kind of the object.</summary>
    [Proto(3), Required]
    public string? Kind { get; init; }

    /// <summary>Verbs that apply; * means all.</summary>
    [Proto(4), Required]
    public IReadOnlyList<string>? Verbs { get; init; }

    /// <summary>Short names for typing.</summary>
    [Proto(5), ListAtomic]
    public IReadOnlyList<string>? ShortNames { get; init; }

    /// <summary>Singular name.</summary>
    [Proto(6), Required]
    public string? SingularName { get; init; }

    /// <summary>Groupings such as "all".</summary>
    [Proto(7), ListAtomic]
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>API group; empty for the core group.</summary>
    [Proto(8)]
    public string? Group { get; init; }

    /// <summary>API version.</summary>
    [Proto(9)]
    public string? Version { get; init; }

    /// <summary>Changes when the stored version does.</summary>
    [Proto(10)]
    public string? StorageVersionHash { get; init; }
}
