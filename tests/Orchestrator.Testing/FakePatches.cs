using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Client;

namespace Orchestrator.Testing;

/// <summary>The API's patch types, well enough for tests; merge keys of lists come from the records' declarations.</summary>
internal static class FakePatches
{
    public static JsonObject Apply(JsonObject target, PatchType type, JsonNode patch, Type kind)
    {
        var result = (JsonObject)target.DeepClone();
        return type switch
        {
            PatchType.Json => Operations(result, (JsonArray)patch),
            PatchType.Merge => (JsonObject)Merge(result, patch, null)!,
            _ => (JsonObject)Merge(result, patch, kind)!,
        };
    }

    /// <param name="kind">Null for a plain merge patch, which replaces lists as a whole.</param>
    private static JsonNode? Merge(JsonNode? target, JsonNode? patch, Type? kind)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target as JsonObject ?? [];
        foreach (var (name, value) in changes)
        {
            if (kind is not null && name.StartsWith('$'))
                continue;
            if (value is null)
            {
                result.Remove(name);
                continue;
            }

            var property = kind?.GetProperty(char.ToUpperInvariant(name[0]) + name[1..]);
            var current = result[name];
            result.Remove(name);
            result[name] = value is JsonArray items && property?.GetCustomAttribute<PatchMergeAttribute>() is { } merge
                ? MergeList(current as JsonArray, items, merge.Key, ItemType(property.PropertyType))
                : Merge(current, value, property is null ? null : Underlying(property.PropertyType));
        }

        return result;
    }

    private static JsonArray MergeList(JsonArray? target, JsonArray patch, string? key, Type? itemType)
    {
        var isReplaced = patch.Any(item => item is JsonObject whole && whole["$patch"]?.GetValue<string>() == "replace");
        var result = isReplaced ? [] : (JsonArray?)target?.DeepClone() ?? [];
        foreach (var item in patch)
        {
            if (isReplaced && item is JsonObject { Count: 1 } directive && directive.ContainsKey("$patch"))
                continue;
            var at = IndexOf(result, item!, key);
            if (item is JsonObject { } removed && removed["$patch"]?.GetValue<string>() == "delete")
            {
                if (at >= 0)
                    result.RemoveAt(at);
            }
            else if (at < 0)
                result.Add(Merge(null, item, itemType));
            else if (key is not null)
                result[at] = Merge(result[at]!.DeepClone(), item, itemType);
        }

        return result;
    }

    private static int IndexOf(JsonArray items, JsonNode item, string? key)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (key is null ? JsonNode.DeepEquals(items[i], item) : JsonNode.DeepEquals(items[i]![key], item[key]))
                return i;
        }

        return -1;
    }

    private static JsonObject Operations(JsonObject target, JsonArray operations)
    {
        foreach (var operation in operations)
        {
            var path = operation!["path"]!.GetValue<string>().Split('/').Skip(1)
                .Select(p => p.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
            JsonNode parent = target;
            foreach (var part in path.SkipLast(1))
                parent = (parent is JsonArray array ? array[Index(part)] : parent[part]) ?? throw Invalid(operation);
            Operate(parent, path[^1], operation["op"]!.GetValue<string>(), operation["value"], operation);
        }

        return target;
    }

    private static void Operate(JsonNode parent, string last, string op, JsonNode? value, JsonNode operation)
    {
        switch (op, parent)
        {
            case ("test", JsonObject o) when JsonNode.DeepEquals(o[last], value):
            case ("test", JsonArray a) when JsonNode.DeepEquals(a[Index(last)], value):
                break;
            case ("add" or "replace", JsonObject o):
                o[last] = value?.DeepClone();
                break;
            case ("add", JsonArray a):
                a.Insert(last == "-" ? a.Count : Index(last), value?.DeepClone());
                break;
            case ("replace", JsonArray a):
                a[Index(last)] = value?.DeepClone();
                break;
            case ("remove", JsonObject o) when o.ContainsKey(last):
                o.Remove(last);
                break;
            case ("remove", JsonArray a):
                a.RemoveAt(Index(last));
                break;
            default:
                throw Invalid(operation);
        }
    }

    private static int Index(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static Type Underlying(Type type) => Nullable.GetUnderlyingType(type) ?? type;

    private static Type? ItemType(Type list) => list.IsGenericType ? list.GetGenericArguments()[0] : null;

    private static Exception Invalid(JsonNode operation) =>
        Errors.Make(422, Api.Errors.StatusReason.Invalid, $"the server rejected our request due to an error in our request: {operation.ToJsonString()}");
}
