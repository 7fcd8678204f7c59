using System.Text.Json.Serialization;

namespace Orchestrator.Api.Meta.V1;

/// <summary>Name, labels, owner and bookkeeping of an object.</summary>
[ProtoMessage("k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta")]
public sealed record ObjectMeta
{
    /// <summary>Name, unique among objects of the kind in the namespace.</summary>
    [Proto(1)]
    public string? Name { get; init; }

    /// <summary>Beginning of a name that the server completes.</summary>
    [Proto(2)]
    public string? GenerateName { get; init; }

    /// <summary>Namespace the object lives in.</summary>
    [Proto(3)]
    public string? Namespace { get; init; }

    /// <summary>No longer set.</summary>
    [Proto(4)]
    public string? SelfLink { get; init; }

    /// <summary>Unique id of the object in time and space.</summary>
    [Proto(5)]
    public string? Uid { get; init; }

    /// <summary>Version of the object in the store; changes with every write. Opaque to clients.</summary>
    [Proto(6)]
    public string? ResourceVersion { get; init; }

    /// <summary>Rises with every change of the spec.</summary>
    [Proto(7)]
    public long? Generation { get; init; }

    /// <summary>When the object was created.</summary>
    [Proto(8), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>When the object is to be gone; set when its deletion was asked for.</summary>
    [Proto(9), JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>Seconds granted for the deletion.</summary>
    [Proto(10)]
    public long? DeletionGracePeriodSeconds { get; init; }

    /// <summary>Key and value pairs that select and group objects.</summary>
    [Proto(11)]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>Key and value pairs for tools; not for selecting.</summary>
    [Proto(12)]
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }

    /// <summary>Objects this one depends on; it goes when all of them are gone.</summary>
    [Proto(13), ListMap("uid"), PatchMerge("uid")]
    public IReadOnlyList<OwnerReference>? OwnerReferences { get; init; }

    /// <summary>Work that must be done, entry by entry, before the object goes away.</summary>
    [Proto(14), ListSet, PatchMerge]
    public IReadOnlyList<string>? Finalizers { get; init; }

    /// <summary>Which manager set which fields.</summary>
    [Proto(17), ListAtomic]
    public IReadOnlyList<ManagedFieldsEntry>? ManagedFields { get; init; }
}
