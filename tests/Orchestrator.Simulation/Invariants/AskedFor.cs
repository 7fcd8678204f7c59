using System.Text.Json;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Whether an object has all that a replacement or a merging patch asked for. It may have more: defaults, and what others own.</summary>
internal static class AskedFor
{
    /// <param name="missing">The first field that is not as asked for.</param>
    public static bool IsIn(ReadOnlyMemory<byte> item, byte[] request, string subresource, out string missing)
    {
        missing = "";
        using var asked = JsonDocument.Parse(request);
        using var present = JsonDocument.Parse(item);
        // A list of operations says how, not what.
        if (asked.RootElement.ValueKind != JsonValueKind.Object)
            return true;
        foreach (var field in asked.RootElement.EnumerateObject())
        {
            if (IsWritten(field.Name, subresource) && !IsIn(present.RootElement, field, field.Name, ref missing))
                return false;
        }

        return true;
    }

    /// <summary>The metadata is mostly the server's.</summary>
    private static bool IsWritten(string field, string subresource) => field switch
    {
        "kind" or "apiVersion" or "metadata" => false,
        "status" => subresource == "status",
        _ => subresource is "" or "finalize",
    };

    private static bool IsIn(JsonElement present, JsonProperty field, string path, ref string missing)
    {
        // Directives of a patch.
        if (field.Name.StartsWith('$'))
            return true;
        var isThere = present.TryGetProperty(field.Name, out var value);
        if (isThere ? IsIn(value, field.Value, path, ref missing) : IsNothing(field.Value))
            return true;
        missing = missing.Length > 0 ? missing : path;
        return false;
    }

    private static bool IsIn(JsonElement present, JsonElement asked, string path, ref string missing)
    {
        switch (asked.ValueKind)
        {
            case JsonValueKind.Object when present.ValueKind == JsonValueKind.Object:
                foreach (var field in asked.EnumerateObject())
                {
                    if (!IsIn(present, field, $"{path}.{field.Name}", ref missing))
                        return false;
                }

                return true;
            case JsonValueKind.Array when present.ValueKind == JsonValueKind.Array:
                foreach (var element in asked.EnumerateArray())
                {
                    if (!IsAmong(present, element, path))
                        return false;
                }

                return true;
            default:
                return JsonElement.DeepEquals(present, asked);
        }
    }

    private static bool IsAmong(JsonElement present, JsonElement asked, string path)
    {
        if (asked.ValueKind == JsonValueKind.Object && asked.TryGetProperty("$patch", out _))
            return true;
        foreach (var element in present.EnumerateArray())
        {
            var ignored = "";
            if (IsIn(element, asked, path, ref ignored))
                return true;
        }

        return false;
    }

    private static bool IsNothing(JsonElement asked) => asked.ValueKind switch
    {
        JsonValueKind.Null => true,
        JsonValueKind.Array => asked.GetArrayLength() == 0,
        JsonValueKind.Object => asked.EnumerateObject().All(field => IsNothing(field.Value)),
        _ => false,
    };
}
