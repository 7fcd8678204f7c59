using System.Text.Json.Nodes;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Patches;

/// <summary>Which fields a document has, and in which two documents differ, in the sense of server-side apply.</summary>
public static class FieldSets
{
    /// <summary>Every field that the document sets.</summary>
    public static FieldSet Of(JsonObject document, SchemaNode schema)
    {
        var set = new FieldSet();
        Fill(set, document, schema);
        return set;
    }

    /// <summary>Compares two versions of a document.</summary>
    public static FieldChanges Compare(JsonObject before, JsonObject after, SchemaNode schema)
    {
        var changes = new FieldChanges(new FieldSet(), new FieldSet());
        CompareObjects(before, after, schema, changes);
        return changes;
    }

    private static void Fill(FieldSet set, JsonNode value, SchemaNode schema)
    {
        if (value is JsonObject item)
        {
            foreach (var (name, member) in item)
                FillMember(set.GetOrAdd(FieldNames.Of(name)), member, schema.Member(name));
            return;
        }

        foreach (var member in (JsonArray)value)
        {
            if (FieldNames.OfItem(member, schema) is not { } name)
                continue;
            var child = set.GetOrAdd(name);
            child.IsMember = true;
            if (FieldNames.IsGranular(schema.Items, member))
                Fill(child, member!, schema.Items!);
        }
    }

    private static void FillMember(FieldSet set, JsonNode? value, SchemaNode? schema)
    {
        if (FieldNames.IsGranular(schema, value))
            Fill(set, value!, schema!);
        else
            set.IsMember = true;
    }

    private static void CompareObjects(JsonObject before, JsonObject after, SchemaNode schema, FieldChanges changes)
    {
        foreach (var (name, value) in after)
        {
            var had = before.TryGetPropertyValue(name, out var old);
            CompareMembers(FieldNames.Of(name), had, old, true, value, schema.Member(name), changes);
        }

        foreach (var (name, old) in before)
        {
            if (!after.ContainsKey(name))
                CompareMembers(FieldNames.Of(name), true, old, false, null, schema.Member(name), changes);
        }
    }

    private static void CompareLists(JsonArray before, JsonArray after, SchemaNode schema, FieldChanges changes)
    {
        var earlier = ByName(before, schema);
        var later = ByName(after, schema);
        foreach (var (name, value) in later)
        {
            var had = earlier.TryGetValue(name, out var old);
            CompareMembers(name, had, old, true, value, schema.Items, changes);
            if (!had)
                changes.Set.GetOrAdd(name).IsMember = true;
        }

        foreach (var (name, old) in earlier)
        {
            if (later.ContainsKey(name))
                continue;
            CompareMembers(name, true, old, false, null, schema.Items, changes);
            changes.Removed.GetOrAdd(name).IsMember = true;
        }
    }

    private static void CompareMembers(string name, bool had, JsonNode? old, bool has, JsonNode? value, SchemaNode? schema, FieldChanges changes)
    {
        var wasGranular = had && FieldNames.IsGranular(schema, old);
        var isGranular = has && FieldNames.IsGranular(schema, value);
        if (!wasGranular && !isGranular)
        {
            if (!had)
                changes.Set.GetOrAdd(name).IsMember = true;
            else if (!has)
                changes.Removed.GetOrAdd(name).IsMember = true;
            else if (!JsonNode.DeepEquals(old, value))
                changes.Set.GetOrAdd(name).IsMember = true;
            return;
        }

        var inside = new FieldChanges(changes.Set.GetOrAdd(name), changes.Removed.GetOrAdd(name));
        if (schema!.Type == SchemaType.List)
            CompareLists(old as JsonArray ?? [], value as JsonArray ?? [], schema, inside);
        else
            CompareObjects(old as JsonObject ?? [], value as JsonObject ?? [], schema, inside);
        // A map that appears or goes is itself a field that was set or removed.
        if (schema.Type == SchemaType.Map && !wasGranular)
            inside.Set.IsMember = true;
        if (!isGranular)
            inside.Removed.IsMember |= !has;
        Trim(changes.Set, name);
        Trim(changes.Removed, name);
    }

    private static void Trim(FieldSet set, string name)
    {
        if (set.Find(name) is { IsEmpty: true })
            set.Remove(name);
    }

    private static Dictionary<string, JsonNode?> ByName(JsonArray list, SchemaNode schema)
    {
        var items = new Dictionary<string, JsonNode?>(list.Count);
        foreach (var item in list)
        {
            if (FieldNames.OfItem(item, schema) is { } name)
                items.TryAdd(name, item);
        }

        return items;
    }
}

/// <summary>Outcome of a comparison.</summary>
/// <param name="Set">Fields that are new or have another value.</param>
/// <param name="Removed">Fields that are gone.</param>
public readonly record struct FieldChanges(FieldSet Set, FieldSet Removed);
