using System.Reflection;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Schema;

namespace Orchestrator.ApiServer.OpenApi;

/// <summary>Schema trees as OpenAPI schemas. Collects every struct that is reachable from what is asked for.</summary>
/// <param name="referencePrefix">"#/components/schemas/" in version 3, "#/definitions/" in version 2.</param>
internal sealed class SchemaDocuments(string referencePrefix)
{
    private readonly SortedDictionary<string, JsonNode?> schemas = new(StringComparer.Ordinal);
    private readonly bool wrapsReferences = referencePrefix.Contains("components");

    /// <summary>Every schema collected so far, by name.</summary>
    public JsonObject All => new(schemas.Select(one => KeyValuePair.Create(one.Key, one.Value?.DeepClone())));

    /// <summary>Name of a record's schema, e.g. "io.k8s.api.apps.v1.Deployment".</summary>
    public static string NameOf(Type record)
    {
        if (record.GetCustomAttribute<ProtoMessageAttribute>() is { } proto)
            return proto.Name.StartsWith("k8s.io.", StringComparison.Ordinal) ? "io.k8s." + proto.Name["k8s.io.".Length..] : proto.Name;
        return record.FullName!;
    }

    public JsonObject Reference(SchemaNode node)
    {
        Add(node);
        return Reference(NameOf(node.RecordType!));
    }

    public JsonObject Reference(string name) => new() { ["$ref"] = referencePrefix + name };

    /// <summary>Marks a schema as that of a kind.</summary>
    public void MarkKind(SchemaNode node, GroupVersionKind kind)
    {
        Add(node);
        ((JsonObject)schemas[NameOf(node.RecordType!)]!)["x-kubernetes-group-version-kind"] = new JsonArray(KindObject(kind));
    }

    /// <summary>Adds the list of a kind and returns its name.</summary>
    public string AddList(SchemaNode node, GroupVersionKind kind)
    {
        var name = NameOf(node.RecordType!) + "List";
        schemas[name] = new JsonObject
        {
            ["description"] = $"{kind.Kind}List is a list of {kind.Kind}.",
            ["type"] = "object",
            ["required"] = new JsonArray("items"),
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = Text("Version of the schema of this object."),
                ["kind"] = Text("Kind of this object."),
                ["metadata"] = Described(Reference(RecordSchema.Of(typeof(Api.Meta.V1.ListMeta))), "Revision and continuation of the list."),
                ["items"] = new JsonObject { ["description"] = "The objects of the list.", ["type"] = "array", ["items"] = Reference(node) },
            },
            ["x-kubernetes-group-version-kind"] = new JsonArray(KindObject(kind with { Kind = kind.Kind + "List" })),
        };
        return name;
    }

    public static JsonObject KindObject(GroupVersionKind kind) => new() { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version };

    private void Add(SchemaNode node)
    {
        var name = NameOf(node.RecordType!);
        if (!schemas.TryAdd(name, null))
            return;
        var properties = new JsonObject();
        var required = new JsonArray();
        foreach (var field in node.Fields)
        {
            properties[field.Name] = Property(field);
            if (field.IsRequired)
                required.Add((JsonNode)field.Name);
        }

        var schema = new JsonObject { ["type"] = "object" };
        if (RecordComments.Of(node.RecordType!) is { } description)
            schema["description"] = description;
        if (required.Count > 0)
            schema["required"] = required;
        if (properties.Count > 0)
            schema["properties"] = properties;
        if (node.IsAtomic)
            schema["x-kubernetes-map-type"] = "atomic";
        schemas[name] = schema;
    }

    private JsonObject Property(SchemaField field)
    {
        var schema = Described(Value(field.Node), field.Description ?? (field.Property is { } property ? RecordComments.Of(property) : null), field.Default);
        AddMergeRules(schema, field.Node);
        return schema;
    }

    /// <summary>
    /// Adds what a field says beyond its type. Version 3 allows nothing beside a reference, so that is wrapped. kubectl explain shows the
    /// description of the field and, after it, that of the type: they should say different things.
    /// </summary>
    private JsonObject Described(JsonObject schema, string? description, JsonNode? @default = null)
    {
        if (schema.ContainsKey("$ref") && wrapsReferences && (description is not null || @default is not null))
            schema = new JsonObject { ["allOf"] = new JsonArray(schema) };
        if (description is not null)
            schema["description"] = description;
        if (@default is not null)
            schema["default"] = @default.DeepClone();
        return schema;
    }

    private static void AddMergeRules(JsonObject schema, SchemaNode node)
    {
        if (node.Type == SchemaType.List)
        {
            schema["x-kubernetes-list-type"] = node.ListKind switch { ListKind.Map => "map", ListKind.Set => "set", _ => "atomic" };
            if (node.ListKind == ListKind.Map)
                schema["x-kubernetes-list-map-keys"] = new JsonArray([.. node.ListMapKeys.Select(key => (JsonNode)JsonValue.Create(key))]);
        }
        else if (node.IsAtomic)
        {
            schema["x-kubernetes-map-type"] = "atomic";
        }

        var strategies = string.Join(',', new[] { node.PatchMerges ? "merge" : null, node.PatchRetainsKeys ? "retainKeys" : null }.OfType<string>());
        if (strategies.Length > 0)
            schema["x-kubernetes-patch-strategy"] = strategies;
        if (node.PatchMergeKey is { } key)
            schema["x-kubernetes-patch-merge-key"] = key;
    }

    private JsonObject Value(SchemaNode node) => node.Type switch
    {
        SchemaType.Struct => Reference(node),
        SchemaType.Map => new JsonObject { ["type"] = "object", ["additionalProperties"] = Value(node.Items!) },
        SchemaType.List => new JsonObject { ["type"] = "array", ["items"] = Value(node.Items!) },
        SchemaType.Bytes => Scalar("string", "byte"),
        SchemaType.Int32 => Scalar("integer", "int32"),
        SchemaType.Int64 => Scalar("integer", "int64"),
        SchemaType.Double => Scalar("number", "double"),
        SchemaType.Bool => new JsonObject { ["type"] = "boolean" },
        SchemaType.Time or SchemaType.MicroTime => Scalar("string", "date-time"),
        SchemaType.IntOrString => Named("io.k8s.apimachinery.pkg.util.intstr.IntOrString", "string", "int-or-string", "A whole number, or a string such as a percentage or a name."),
        SchemaType.Quantity => Named("io.k8s.apimachinery.pkg.api.resource.Quantity", "string", null, "A number with an optional unit: 250m, 1.5, 64Mi, 2G."),
        SchemaType.Any => new JsonObject { ["type"] = "object" },
        _ => new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Text(string description) => new() { ["description"] = description, ["type"] = "string" };

    private static JsonObject Scalar(string type, string format) => new() { ["type"] = type, ["format"] = format };

    private JsonObject Named(string name, string type, string? format, string description)
    {
        var schema = wrapsReferences && (format is not null || name.EndsWith("Quantity", StringComparison.Ordinal))
            ? new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = format is null ? "number" : "integer" }) }
            : new JsonObject { ["type"] = type };
        if (format is not null)
            schema["format"] = format;
        schema["description"] = description;
        schemas.TryAdd(name, schema);
        return Reference(name);
    }
}
