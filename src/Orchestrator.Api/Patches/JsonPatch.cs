using System.Globalization;
using System.Text.Json.Nodes;

namespace Orchestrator.Api.Patches;

/// <summary>JSON patch. Source: RFC 6902, and RFC 6901 for its pointers.</summary>
public static class JsonPatch
{
    /// <summary>Kubernetes' limit.</summary>
    private const int MaxOperations = 10_000;

    /// <summary>Applies all operations to a document, or throws.</summary>
    /// <returns>The changed document; <paramref name="target"/> is used up.</returns>
    /// <exception cref="PatchException">The patch is malformed, a path does not exist, or a test failed.</exception>
    public static JsonNode Apply(JsonNode target, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
            throw new PatchException($"The allowed maximum operations in a JSON patch is {MaxOperations}, got {patch.Count}", isMalformed: false);
        JsonNode? root = target;
        foreach (var operation in patch)
            root = ApplyOne(root, operation as JsonObject ?? throw Malformed("an operation is not an object"));
        return root ?? throw new PatchException("the patch removes the whole document", isMalformed: false);
    }

    private static JsonNode? ApplyOne(JsonNode? root, JsonObject operation)
    {
        var name = Text(operation, "op");
        var path = Pointer(operation, "path");
        switch (name)
        {
            case "add":
                return Add(root, path, Value(operation));
            case "remove":
                return Remove(root, path, out _);
            case "replace":
                Get(root, path, "replace");
                return path.Length == 0 ? Value(operation) : Set(root, path, Value(operation));
            case "move":
                root = Remove(root, Pointer(operation, "from"), out var moved);
                return Add(root, path, moved);
            case "copy":
                return Add(root, path, Get(root, Pointer(operation, "from"), "copy")?.DeepClone());
            case "test":
                Test(root, operation, path);
                return root;
            default:
                throw Malformed($"unexpected operation kind: {name}");
        }
    }

    private static void Test(JsonNode? root, JsonObject operation, string[] path)
    {
        var expected = operation.TryGetPropertyValue("value", out var value) ? value : null;
        // A test for null also holds for a path that is absent.
        if (!TryGet(root, path, out var actual) && expected is not null || !JsonNode.DeepEquals(actual, expected))
            throw new PatchException($"testing value /{string.Join('/', path)} failed: test failed", isMalformed: false);
    }

    private static JsonNode? Add(JsonNode? root, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return value;
        var last = path[^1];
        switch (Get(root, path[..^1], "add"))
        {
            case JsonObject item:
                item[last] = value;
                return root;
            case JsonArray list:
                var index = last == "-" ? list.Count : Index(last, list.Count + 1, "add", path);
                list.Insert(index, value);
                return root;
            default:
                throw Missing("add", path);
        }
    }

    private static JsonNode? Set(JsonNode? root, string[] path, JsonNode? value)
    {
        switch (Get(root, path[..^1], "replace"))
        {
            case JsonObject item:
                item[path[^1]] = value;
                return root;
            case JsonArray list:
                list[Index(path[^1], list.Count, "replace", path)] = value;
                return root;
            default:
                throw Missing("replace", path);
        }
    }

    private static JsonNode? Remove(JsonNode? root, string[] path, out JsonNode? removed)
    {
        removed = Get(root, path, "remove");
        if (path.Length == 0)
            return null;
        if (Get(root, path[..^1], "remove") is JsonObject item)
            item.Remove(path[^1]);
        else if (Get(root, path[..^1], "remove") is JsonArray list)
            list.RemoveAt(Index(path[^1], list.Count, "remove", path));
        return root;
    }

    private static JsonNode? Get(JsonNode? root, string[] path, string operation) =>
        TryGet(root, path, out var value) ? value : throw Missing(operation, path);

    private static bool TryGet(JsonNode? root, string[] path, out JsonNode? value)
    {
        value = root;
        foreach (var part in path)
        {
            if (value is JsonObject item)
            {
                if (!item.TryGetPropertyValue(part, out value))
                    return false;
            }
            else if (value is JsonArray list && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Count)
            {
                value = list[index];
            }
            else
            {
                value = null;
                return false;
            }
        }

        return true;
    }

    private static int Index(string part, int limit, string operation, string[] path) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < limit ? index : throw Missing(operation, path);

    private static string Text(JsonObject operation, string field) =>
        operation[field] is JsonValue value && value.TryGetValue<string>(out var text) ? text : throw Malformed($"an operation has no \"{field}\"");

    private static JsonNode? Value(JsonObject operation) =>
        operation.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw Malformed("an operation has no \"value\"");

    private static string[] Pointer(JsonObject operation, string field)
    {
        var pointer = Text(operation, field);
        if (pointer.Length == 0)
            return [];
        if (pointer[0] != '/')
            throw Malformed($"the pointer \"{pointer}\" does not begin with '/'");
        return Array.ConvertAll(pointer[1..].Split('/'), part => part.Replace("~1", "/").Replace("~0", "~"));
    }

    private static PatchException Missing(string operation, string[] path) =>
        new($"{operation} operation does not apply: doc is missing path: \"/{string.Join('/', path)}\": missing value", isMalformed: false);

    private static PatchException Malformed(string why) => new($"error decoding patch: {why}", isMalformed: true);
}
