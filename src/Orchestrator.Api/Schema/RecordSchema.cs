using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.Api.Schema;

/// <summary>
/// Schema trees of the records, read from their properties and attributes. A tree is built when its kind is first used, so that
/// start-up pays for nothing. Thread-safe.
/// </summary>
public static class RecordSchema
{
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<Type, SchemaNode> Finished = new();
    private static readonly Dictionary<Type, SchemaNode> Structs = [];

    /// <summary>The schema of a record type.</summary>
    public static SchemaNode Of(Type record)
    {
        if (Finished.TryGetValue(record, out var node))
            return node;
        lock (Gate)
        {
            node = StructOf(record);
            Finished[record] = node;
            return node;
        }
    }

    private static SchemaNode StructOf(Type record)
    {
        if (Structs.TryGetValue(record, out var known))
            return known;
        var node = new SchemaNode
        {
            Type = SchemaType.Struct,
            TypeName = record.Name,
            QualifiedTypeName = $"{PackageOf(record)}.{record.Name}",
            IsAtomic = record.GetCustomAttribute<MapAtomicAttribute>() is not null,
            RecordType = record,
        };
        // Known before its fields are: a record may hold itself.
        Structs[record] = node;
        node.Fields = new SchemaFields(FieldsOf(record));
        return node;
    }

    private static List<SchemaField> FieldsOf(Type record)
    {
        var fields = new List<SchemaField>();
        if (record.BaseType is { } parent && parent != typeof(object))
            fields.AddRange(FieldsOf(parent));
        foreach (var property in record.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            if (property.SetMethod is not null && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
                fields.Add(FieldOf(property));
        }

        return fields;
    }

    private static SchemaField FieldOf(PropertyInfo property)
    {
        var proto = property.GetCustomAttribute<ProtoAttribute>();
        return new SchemaField
        {
            Name = property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name),
            Node = NodeOf(property),
            IsRequired = property.GetCustomAttribute<RequiredAttribute>() is not null,
            Default = property.GetCustomAttribute<DefaultAttribute>() is { } given ? DefaultOf(given) : null,
            IsImmutable = property.GetCustomAttribute<ImmutableFieldAttribute>() is not null,
            ProtoNumber = proto?.Number ?? 0,
            ProtoInnerNumber = proto?.InnerNumber ?? 0,
            Property = property,
        };
    }

    private static JsonNode DefaultOf(DefaultAttribute attribute) => attribute.Value switch
    {
        string text when attribute.Json => JsonNode.Parse(text)!,
        string text => JsonValue.Create(text),
        int number => JsonValue.Create(number),
        long number => JsonValue.Create(number),
        bool truth => JsonValue.Create(truth),
        var other => throw new InvalidOperationException($"a default cannot be a {other.GetType()}"),
    };

    private static SchemaNode NodeOf(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type == typeof(DateTimeOffset))
            return Scalar(property.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType == typeof(MicroTimeConverter) ? SchemaType.MicroTime : SchemaType.Time);
        if (ItemTypeOf(type) is { } item)
            return ListOf(property, item);

        var node = NodeOf(type);
        if (node.IsScalar)
            return node;
        var isAtomic = property.GetCustomAttribute<MapAtomicAttribute>() is not null;
        var retainsKeys = property.GetCustomAttribute<PatchRetainKeysAttribute>() is not null;
        return isAtomic || retainsKeys ? Refine(node, isAtomic, retainsKeys) : node;
    }

    /// <summary>The same struct or map under other merge rules. Its fields must be known already: no such property is recursive.</summary>
    private static SchemaNode Refine(SchemaNode node, bool isAtomic, bool retainsKeys) => new()
    {
        Type = node.Type,
        TypeName = node.TypeName,
        QualifiedTypeName = node.QualifiedTypeName,
        Fields = node.Fields,
        Items = node.Items,
        IsAtomic = node.IsAtomic || isAtomic,
        PatchRetainsKeys = retainsKeys,
        RecordType = node.RecordType,
    };

    private static SchemaNode ListOf(PropertyInfo property, Type itemType)
    {
        var item = NodeOf(itemType);
        var keys = property.GetCustomAttribute<ListMapAttribute>()?.Keys;
        var merge = property.GetCustomAttribute<PatchMergeAttribute>();
        return new SchemaNode
        {
            Type = SchemaType.List,
            TypeName = "[]" + item.TypeName,
            QualifiedTypeName = "[]" + item.QualifiedTypeName,
            Items = item,
            ListKind = keys is not null ? ListKind.Map : property.GetCustomAttribute<ListSetAttribute>() is not null ? ListKind.Set : ListKind.Atomic,
            ListMapKeys = keys ?? [],
            PatchMerges = merge is not null,
            PatchMergeKey = merge?.Key,
            PatchRetainsKeys = merge?.RetainKeys ?? false,
        };
    }

    private static SchemaNode NodeOf(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string))
            return Scalar(SchemaType.String);
        if (type == typeof(int))
            return Scalar(SchemaType.Int32);
        if (type == typeof(long))
            return Scalar(SchemaType.Int64);
        if (type == typeof(bool))
            return Scalar(SchemaType.Bool);
        if (type == typeof(double))
            return Scalar(SchemaType.Double);
        if (type == typeof(byte[]))
            return Scalar(SchemaType.Bytes);
        if (type == typeof(IntOrString))
            return Scalar(SchemaType.IntOrString);
        if (type == typeof(Quantity))
            return Scalar(SchemaType.Quantity);
        if (type == typeof(DateTimeOffset))
            return Scalar(SchemaType.Time);
        if (type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type))
            return Scalar(SchemaType.Any);
        if (ItemTypeOf(type) is { } item)
            return new SchemaNode { Type = SchemaType.List, TypeName = "[]" + NodeOf(item).TypeName, QualifiedTypeName = "[]" + NodeOf(item).QualifiedTypeName, Items = NodeOf(item) };
        if (ValueTypeOf(type) is { } value)
        {
            var values = NodeOf(value);
            return new SchemaNode { Type = SchemaType.Map, TypeName = "map", QualifiedTypeName = "map[string]" + values.QualifiedTypeName, Items = values };
        }

        return StructOf(type);
    }

    private static SchemaNode Scalar(SchemaType type) => Scalars[(int)type];

    private static readonly SchemaNode[] Scalars = Array.ConvertAll(Enum.GetValues<SchemaType>(), type => new SchemaNode
    {
        Type = type,
        TypeName = GoName(type),
        QualifiedTypeName = GoName(type),
    });

    private static string GoName(SchemaType type) => type switch
    {
        SchemaType.Int32 => "int32",
        SchemaType.Int64 => "int64",
        SchemaType.Double => "float64",
        SchemaType.Bool => "bool",
        SchemaType.Bytes => "[]uint8",
        SchemaType.IntOrString => "intstr.IntOrString",
        SchemaType.Quantity => "resource.Quantity",
        SchemaType.Any => "interface {}",
        _ => "string",
    };

    private static Type? ItemTypeOf(Type type) => ArgumentOf(type, typeof(IReadOnlyList<>), 0);

    private static Type? ValueTypeOf(Type type) => ArgumentOf(type, typeof(IReadOnlyDictionary<,>), 1);

    private static Type? ArgumentOf(Type type, Type generic, int index) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == generic ? type.GetGenericArguments()[index] : null;

    private static string PackageOf(Type record) => record.Namespace is { } space ? space[(space.LastIndexOf('.') + 1)..].ToLowerInvariant() : "v1";
}
