using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Registry;

/// <summary>Which fields two versions of an object differ in: "metadata.labels", "spec.replicas", "data"...</summary>
internal static class ChangedFields
{
    /// <summary>Longer lists say no more to a reader.</summary>
    private const int MaxFields = 32;

    /// <summary>Paths of one or two names. managedFields and resourceVersion are bookkeeping and do not count.</summary>
    public static List<string> Between(JsonObject before, JsonObject after)
    {
        var changed = new List<string>();
        foreach (var (name, value) in after)
            Compare(name, before[name], value, changed);
        foreach (var (name, value) in before)
        {
            if (!after.ContainsKey(name))
                Compare(name, value, null, changed);
        }

        return changed;
    }

    /// <summary>True when anything but metadata and status changed: what metadata.generation counts.</summary>
    public static bool TouchSpec(List<string> changed)
    {
        foreach (var path in changed)
        {
            if (!IsUnder(path, "metadata") && !IsUnder(path, "status"))
                return true;
        }

        return false;
    }

    private static void Compare(string name, JsonNode? before, JsonNode? after, List<string> changed)
    {
        if (name is not ("metadata" or "spec" or "status") || before is not JsonObject left || after is not JsonObject right)
        {
            if (!JsonNode.DeepEquals(before, after))
                Add(changed, name);
            return;
        }

        var isMetadata = name == "metadata";
        foreach (var (member, value) in right)
        {
            if (!(isMetadata && IsBookkeeping(member)) && !(left.TryGetPropertyValue(member, out var old) && JsonNode.DeepEquals(old, value)))
                Add(changed, $"{name}.{member}");
        }

        foreach (var (member, _) in left)
        {
            if (!(isMetadata && IsBookkeeping(member)) && !right.ContainsKey(member))
                Add(changed, $"{name}.{member}");
        }
    }

    private static bool IsBookkeeping(string member) => member is "managedFields" or "resourceVersion";

    private static bool IsUnder(string path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '.');

    private static void Add(List<string> changed, string path)
    {
        if (changed.Count < MaxFields)
            changed.Add(path);
    }
}
