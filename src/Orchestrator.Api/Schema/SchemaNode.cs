namespace Orchestrator.Api.Schema;

/// <summary>
/// What a document may hold at one place. A tree (with shared and possibly recursive branches) built from the records, or from a
/// custom resource's own schema. Immutable once published.
/// </summary>
public sealed class SchemaNode
{
    public required SchemaType Type { get; init; }

    /// <summary>Name of the type as error messages show it, e.g. "DeploymentSpec" or "string".</summary>
    public required string TypeName { get; init; }

    /// <summary>Qualified form of <see cref="TypeName"/>, e.g. "v1.DeploymentSpec", "[]v1.Container", "map[string]string".</summary>
    public required string QualifiedTypeName { get; init; }

    /// <summary>Fields of a struct; empty for other types.</summary>
    public SchemaFields Fields { get; internal set; } = SchemaFields.None;

    /// <summary>Schema of the items of a list or the values of a map; null for other types.</summary>
    public SchemaNode? Items { get; init; }

    public ListKind ListKind { get; init; }

    /// <summary>Key fields of a list of kind <see cref="ListKind.Map"/>.</summary>
    public IReadOnlyList<string> ListMapKeys { get; init; } = [];

    /// <summary>Server-side apply owns and replaces the map or struct as a whole.</summary>
    public bool IsAtomic { get; init; }

    /// <summary>Strategic merge patch merges the list rather than replacing it.</summary>
    public bool PatchMerges { get; init; }

    /// <summary>Key by which strategic merge patch pairs items; null for lists of scalars.</summary>
    public string? PatchMergeKey { get; init; }

    /// <summary>Strategic merge patch removes what $retainKeys does not name.</summary>
    public bool PatchRetainsKeys { get; init; }

    /// <summary>Keeps fields it does not know (x-kubernetes-preserve-unknown-fields).</summary>
    public bool PreservesUnknownFields { get; init; }

    /// <summary>The record behind a struct; null for custom resources.</summary>
    public Type? RecordType { get; init; }

    public bool IsScalar => Type is not (SchemaType.Struct or SchemaType.Map or SchemaType.List or SchemaType.Any);

    /// <summary>Whether any field at or below this node has a default. Lets defaulting skip branches.</summary>
    internal bool? HasDefaults { get; set; }

    public SchemaField? Field(string name) => Fields.Find(name);

    /// <summary>Schema of a member of an object: a struct's field or a map's value. Null when unknown.</summary>
    public SchemaNode? Member(string name) => Type == SchemaType.Map ? Items : Fields.Find(name)?.Node;
}
