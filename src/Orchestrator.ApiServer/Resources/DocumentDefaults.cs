using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;

namespace Orchestrator.ApiServer.Resources;

/// <summary>Small steps through documents for defaults that one field takes from another.</summary>
internal static class DocumentDefaults
{
    /// <summary>The object in a field; null when absent or of another type.</summary>
    public static JsonObject? Child(this JsonObject parent, string name) => parent[name] as JsonObject;

    public static JsonObject ChildOrNew(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
            return child;
        child = [];
        parent[name] = child;
        return child;
    }

    /// <summary>The objects of a list; nothing when it is absent.</summary>
    public static IEnumerable<JsonObject> Items(this JsonObject parent, string name)
    {
        if (parent[name] is not JsonArray items)
            yield break;
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i] is JsonObject item)
                yield return item;
        }
    }

    public static string? Text(this JsonObject parent, string name) =>
        parent[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool IsTrue(this JsonObject parent, string name) => parent[name] is JsonValue value && value.TryGetValue<bool>(out var truth) && truth;

    public static long? Number(this JsonObject parent, string name) => parent.LongAt(name);

    /// <summary>Sets a field that is absent, null or an empty text.</summary>
    public static void Default(this JsonObject parent, string name, JsonNode value)
    {
        if (parent[name] is null || parent.Text(name) is "")
            parent[name] = value;
    }

    /// <summary>Puts back what a field was; an absent field is removed.</summary>
    public static void Restore(this JsonObject parent, string name, JsonObject old)
    {
        if (old[name] is { } value)
            parent[name] = value.DeepClone();
        else
            parent.Remove(name);
    }
}
