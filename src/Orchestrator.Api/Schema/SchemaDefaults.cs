using System.Text.Json.Nodes;

namespace Orchestrator.Api.Schema;

/// <summary>
/// Sets absent fields to their declared defaults: in each object that is there. An empty string counts as absent, as it does for
/// Go's values.
/// </summary>
public static class SchemaDefaults
{
    public static void Apply(JsonObject document, SchemaNode schema)
    {
        if (HasDefaults(schema))
            ApplyTo(document, schema);
    }

    private static void ApplyTo(JsonNode value, SchemaNode schema)
    {
        switch (schema.Type)
        {
            case SchemaType.Struct when value is JsonObject item:
                ApplyToFields(item, schema);
                break;
            case SchemaType.Map when value is JsonObject map && HasDefaults(schema.Items!):
                foreach (var (_, member) in map)
                {
                    if (member is not null)
                        ApplyTo(member, schema.Items!);
                }

                break;
            case SchemaType.List when value is JsonArray list && HasDefaults(schema.Items!):
                for (var i = 0; i < list.Count; i++)
                {
                    if (list[i] is { } member)
                        ApplyTo(member, schema.Items!);
                }

                break;
        }
    }

    private static void ApplyToFields(JsonObject item, SchemaNode schema)
    {
        var fields = schema.Fields;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            if (field.Default is null && !HasDefaults(field.Node))
                continue;
            var present = item.TryGetPropertyValue(field.Name, out var value) && value is not null;
            if (field.Default is { } given && (!present || IsEmptyText(field, value!)))
            {
                value = given.DeepClone();
                item[field.Name] = value;
                present = true;
            }

            if (present)
                ApplyTo(value!, field.Node);
        }
    }

    private static bool IsEmptyText(SchemaField field, JsonNode value) =>
        field.Node.Type == SchemaType.String && value is JsonValue scalar && scalar.TryGetValue<string>(out var text) && text.Length == 0;

    private static bool HasDefaults(SchemaNode schema) => schema.HasDefaults ?? HasDefaults(schema, []);

    /// <summary>Computed once per node; a node that is being visited adds nothing of its own (recursion).</summary>
    private static bool HasDefaults(SchemaNode schema, HashSet<SchemaNode> visiting)
    {
        if (schema.HasDefaults is { } known)
            return known;
        if (schema.IsScalar || !visiting.Add(schema))
            return false;
        var found = schema.Items is { } items && HasDefaults(items, visiting);
        for (var i = 0; i < schema.Fields.Count && !found; i++)
            found = schema.Fields[i].Default is not null || HasDefaults(schema.Fields[i].Node, visiting);
        visiting.Remove(schema);
        // A negative answer inside a recursion is provisional: only the outermost call knows.
        if (found || visiting.Count == 0)
            schema.HasDefaults = found;
        return found;
    }
}
