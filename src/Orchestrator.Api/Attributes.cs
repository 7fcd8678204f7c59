namespace Orchestrator.Api;

/// <summary>
/// Names a kind: group, version, kind, plural and scope. Routes, discovery, RBAC names, client paths and command-line names all
/// come from here.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ResourceAttribute(string group, string version, string kind, string plural, string singular) : Attribute
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; } = group;

    public string Version { get; } = version;

    public string Kind { get; } = kind;

    /// <summary>Name in URLs and RBAC rules, e.g. "deployments".</summary>
    public string Plural { get; } = plural;

    public string Singular { get; } = singular;

    public bool Namespaced { get; set; }

    public string[] ShortNames { get; set; } = [];

    /// <summary>Groupings such as "all".</summary>
    public string[] Categories { get; set; } = [];
}

/// <summary>Full name of the protobuf message of this record.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProtoMessageAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>
/// Protobuf field number. Two numbers mean that the field lies in an embedded message: the first is the embedded message's
/// number, the second the field's number inside it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ProtoAttribute(int number, int innerNumber = 0) : Attribute
{
    public int Number { get; } = number;

    /// <summary>Number inside the embedded message; 0 when the field is not embedded.</summary>
    public int InnerNumber { get; } = innerNumber;
}

/// <summary>The schema lists the field as required.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredAttribute : Attribute;

/// <summary>What the field is set to when the object that holds it is given without it.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(object value) : Attribute
{
    public object Value { get; } = value;

    /// <summary>The value is a JSON text rather than the value itself.</summary>
    public bool Json { get; set; }
}

/// <summary>Server-side apply merges list items by these keys (x-kubernetes-list-type: map).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListMapAttribute(params string[] keys) : Attribute
{
    public string[] Keys { get; } = keys;
}

/// <summary>Server-side apply treats the list as a set of scalars.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListSetAttribute : Attribute;

/// <summary>Server-side apply replaces the list as a whole.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListAtomicAttribute : Attribute;

/// <summary>Server-side apply replaces the map or struct as a whole.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class)]
public sealed class MapAtomicAttribute : Attribute;

/// <summary>Strategic merge patch merges the list: by the key, or as a set of scalars when no key is named.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatchMergeAttribute(string? key = null) : Attribute
{
    public string? Key { get; } = key;

    /// <summary>Fields of an item that the patch does not name are removed (strategy retainKeys).</summary>
    public bool RetainKeys { get; set; }
}

/// <summary>Strategic merge patch removes fields of the struct that the patch does not name ($retainKeys).</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PatchRetainKeysAttribute : Attribute;

/// <summary>The field cannot change once set.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ImmutableFieldAttribute : Attribute;
