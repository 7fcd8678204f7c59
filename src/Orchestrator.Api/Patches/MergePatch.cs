using System.Text.Json.Nodes;

namespace Orchestrator.Api.Patches;

/// <summary>JSON merge patch. Source: RFC 7386.</summary>
public static class MergePatch
{
    /// <summary>Changes <paramref name="target"/>; the patch stays as it is.</summary>
    public static void Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
                target.Remove(name);
            else if (value is not JsonObject change)
                target[name] = value.DeepClone();
            else
                Apply(ObjectAt(target, name), change);
        }
    }

    private static JsonObject ObjectAt(JsonObject target, string name)
    {
        if (target[name] is JsonObject member)
            return member;
        member = [];
        target[name] = member;
        return member;
    }
}
