using System.Text.Json.Nodes;

namespace Orchestrator.Api.Documents;

/// <summary>Reading and writing single values of documents, whatever their numbers are backed by.</summary>
public static class DocumentPaths
{
    /// <summary>The value at a path such as "spec.nodeName", or null. Names with dots in them cannot be reached this way.</summary>
    public static JsonNode? At(this JsonNode? document, string path)
    {
        var node = document;
        foreach (var range in path.AsSpan().Split('.'))
        {
            if (node is not JsonObject item || !item.TryGetPropertyValue(path[range], out node))
                return null;
        }

        return node;
    }

    public static string? StringAt(this JsonNode? document, string path) =>
        document.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? LongAt(this JsonNode? document, string path) => document.At(path) is JsonValue value ? AsLong(value) : null;

    public static bool? BoolAt(this JsonNode? document, string path) =>
        document.At(path) is JsonValue value && value.TryGetValue<bool>(out var truth) ? truth : null;

    /// <summary>Sets a value, making the objects on the way.</summary>
    public static void SetAt(this JsonObject document, string path, JsonNode? value)
    {
        var node = document;
        var names = path.Split('.');
        for (var i = 0; i < names.Length - 1; i++)
        {
            if (node[names[i]] is not JsonObject next)
            {
                next = [];
                node[names[i]] = next;
            }

            node = next;
        }

        node[names[^1]] = value;
    }

    /// <summary>Removes a value if it is there.</summary>
    public static void RemoveAt(this JsonObject document, string path)
    {
        var dot = path.LastIndexOf('.');
        var parent = dot < 0 ? document : document.At(path[..dot]) as JsonObject;
        parent?.Remove(path[(dot + 1)..]);
    }

    /// <summary>A scalar as text: strings as they are, numbers and booleans in JSON's form.</summary>
    public static string? Text(this JsonNode? value) => value switch
    {
        null => null,
        JsonValue scalar when scalar.TryGetValue<string>(out var text) => text,
        _ => value.ToJsonString(),
    };

    private static long? AsLong(JsonValue value)
    {
        if (value.TryGetValue<long>(out var int64))
            return int64;
        return value.TryGetValue<int>(out var int32) ? int32 : null;
    }
}
