using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Patches;

/// <summary>How field sets name the members of objects and lists.</summary>
public static class FieldNames
{
    public static string Of(string field) => "f:" + field;

    /// <summary>The name of an item of a keyed list or of a set. Null when it lacks a key, which makes it nameless.</summary>
    public static string? OfItem(JsonNode? item, SchemaNode list) =>
        list.ListKind == ListKind.Set ? "v:" + (item?.ToJsonString() ?? "null") : OfKeys(item, list);

    /// <summary>Whether server-side apply looks inside this value, rather than taking it as a whole.</summary>
    public static bool IsGranular(SchemaNode? schema, JsonNode? value) => schema switch
    {
        null or { IsAtomic: true } => false,
        { Type: SchemaType.Struct or SchemaType.Map } => value is JsonObject { Count: > 0 },
        { Type: SchemaType.List } => schema.ListKind != ListKind.Atomic && value is JsonArray { Count: > 0 },
        _ => false,
    };

    private static string? OfKeys(JsonNode? item, SchemaNode list)
    {
        if (item is not JsonObject entry)
            return null;
        var keys = new JsonObject();
        foreach (var key in list.ListMapKeys.Order(StringComparer.Ordinal))
        {
            // A key that is left out has its default: ports without protocol are TCP.
            var value = entry[key] ?? list.Items!.Field(key)?.Default;
            if (value is not null)
                keys[key] = value.DeepClone();
        }

        return keys.Count == 0 ? null : "k:" + System.Text.Encoding.UTF8.GetString(DocumentJson.Encode(keys));
    }
}
