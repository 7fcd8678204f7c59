using System.Text.Json.Nodes;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Patches;

/// <summary>Server-side apply's merge: what the applied configuration says, over what is there; and the removal of fields it gave up.</summary>
/// <remarks>Source: KEP-555.</remarks>
public static class ApplyMerge
{
    /// <summary>Changes <paramref name="live"/>; the configuration stays as it is.</summary>
    public static void Apply(JsonObject live, JsonObject configuration, SchemaNode schema)
    {
        foreach (var (name, value) in configuration)
        {
            var member = schema.Member(name);
            if (live[name] is { } current && FieldNames.IsGranular(member, value))
                live[name] = Merge(current, value!, member!);
            else
                live[name] = value?.DeepClone();
        }
    }

    /// <summary>Removes the fields of a set. Items and maps go as a whole when the set names them.</summary>
    public static void Remove(JsonNode document, FieldSet gone, SchemaNode schema)
    {
        if (document is JsonObject item)
        {
            foreach (var (name, child) in gone.Children)
                RemoveMember(item, name[2..], child, schema);
        }
        else if (document is JsonArray list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (FieldNames.OfItem(list[i], schema) is not { } name || gone.Find(name) is not { } child)
                    continue;
                if (child.IsMember)
                    list.RemoveAt(i);
                else if (list[i] is { } entry)
                    Remove(entry, child, schema.Items!);
            }
        }
    }

    private static void RemoveMember(JsonObject item, string name, FieldSet gone, SchemaNode schema)
    {
        if (item[name] is not { } value)
            return;
        if (gone.HasChildren && schema.Member(name) is { } member && FieldNames.IsGranular(member, value))
            Remove(value, gone, member);
        else if (gone.IsMember)
            item.Remove(name);
    }

    private static JsonNode Merge(JsonNode live, JsonNode configuration, SchemaNode schema)
    {
        if (schema.Type == SchemaType.List)
            return MergeLists(live as JsonArray ?? [], (JsonArray)configuration, schema);
        if (live is not JsonObject item)
            return configuration.DeepClone();
        var merged = (JsonObject)item.DeepClone();
        Apply(merged, (JsonObject)configuration, schema);
        return merged;
    }

    /// <summary>Items of the configuration in its order; others keep their place among the items that were there before.</summary>
    private static JsonArray MergeLists(JsonArray live, JsonArray configuration, SchemaNode schema)
    {
        var before = live.Select((item, index) => (Name: FieldNames.OfItem(item, schema), Item: item, Index: index)).ToList();
        var applied = configuration.Select(item => FieldNames.OfItem(item, schema)).ToHashSet();
        var others = before.Where(one => one.Name is null || !applied.Contains(one.Name)).ToList();
        var result = new JsonArray();
        var next = 0;
        foreach (var item in configuration)
        {
            var name = FieldNames.OfItem(item, schema);
            var place = name is null ? -1 : before.FindIndex(one => one.Name == name);
            while (place >= 0 && next < others.Count && others[next].Index < place)
                result.Add(others[next++].Item?.DeepClone());
            result.Add(place >= 0 && FieldNames.IsGranular(schema.Items, item) ? Merge(before[place].Item!, item!, schema.Items!) : item?.DeepClone());
        }

        for (; next < others.Count; next++)
            result.Add(others[next].Item?.DeepClone());
        return result;
    }
}
