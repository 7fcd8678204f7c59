using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Patches;

/// <summary>
/// Strategic merge patch: like a merge patch, but lists whose schema says so are merged, by key or as sets, and directives in the
/// patch replace, delete, prune and reorder. What kubectl apply sends for built-in kinds.
/// </summary>
/// <remarks>Source: Kubernetes documentation, "Update API objects in place using kubectl patch" and its design notes.</remarks>
public static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string DeletePrefix = "$deleteFromPrimitiveList/";
    private const string OrderPrefix = "$setElementOrder/";

    /// <summary>Changes <paramref name="target"/>; the patch stays as it is.</summary>
    /// <exception cref="PatchException">A directive is unknown or misplaced, or an item lacks its merge key.</exception>
    public static void Apply(JsonObject target, JsonObject patch, SchemaNode schema) => MergeObject(target, patch, schema);

    private static void MergeObject(JsonObject target, JsonObject patch, SchemaNode? schema)
    {
        if (patch.TryGetPropertyValue(Directive, out var directive))
        {
            if (ApplyDirective(target, patch, schema, directive.Text()))
                return;
        }

        if (patch[RetainKeys] is JsonArray retained)
            Retain(target, retained);
        foreach (var (name, value) in patch)
        {
            if (name is Directive or RetainKeys || name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                continue;
            if (name.StartsWith(DeletePrefix, StringComparison.Ordinal))
                DeleteValues(target, name[DeletePrefix.Length..], value);
            else
                MergeMember(target, name, value, schema?.Member(name), patch[OrderPrefix + name] as JsonArray);
        }

        ReorderUntouched(target, patch, schema);
    }

    /// <returns>True when the directive was all there is to do.</returns>
    private static bool ApplyDirective(JsonObject target, JsonObject patch, SchemaNode? schema, string? directive)
    {
        switch (directive)
        {
            case "merge":
                return false;
            case "delete":
                target.Clear();
                return true;
            case "replace":
                target.Clear();
                var rest = (JsonObject)patch.DeepClone();
                rest.Remove(Directive);
                MergeObject(target, rest, schema);
                return true;
            default:
                throw new PatchException($"unknown patch type found: {directive}", isMalformed: true);
        }
    }

    private static void MergeMember(JsonObject target, string name, JsonNode? value, SchemaNode? schema, JsonArray? order)
    {
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject change:
                if (target[name] is not JsonObject member)
                {
                    // "$patch: delete" of what is absent leaves it absent.
                    if (change[Directive].Text() == "delete")
                        break;
                    member = [];
                    target[name] = member;
                }

                var isDeleted = change[Directive].Text() == "delete";
                MergeObject(member, change, schema);
                if (isDeleted)
                    target.Remove(name);
                break;
            case JsonArray items when schema is { PatchMerges: true }:
                var current = target[name] as JsonArray ?? [];
                target[name] = MergeList(current, items, schema, order);
                break;
            default:
                target[name] = WithoutDirectives(value);
                break;
        }
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, SchemaNode schema, JsonArray? order)
    {
        var original = Items(target);
        var isReplaced = patch.Any(item => item is JsonObject entry && entry[Directive].Text() == "replace");
        var merged = isReplaced ? [] : new List<JsonNode?>(original);
        foreach (var item in patch)
        {
            if (item is not JsonObject entry)
                AddUnique(merged, item);
            else if (entry[Directive].Text() != "replace")
                MergeItem(merged, entry, schema);
        }

        if (order is not null)
            merged = Reorder(merged, original, order, schema.PatchMergeKey);
        return ToArray(merged);
    }

    private static void MergeItem(List<JsonNode?> merged, JsonObject entry, SchemaNode schema)
    {
        var key = schema.PatchMergeKey ?? throw new PatchException("cannot merge an object into a list of scalars", isMalformed: false);
        if (!entry.TryGetPropertyValue(key, out var identity) || identity is null)
        {
            throw new PatchException(
                $"map: {entry.ToJsonString()} does not contain declared merge key: {key}", isMalformed: false);
        }

        var index = merged.FindIndex(one => one is JsonObject candidate && SameKey(candidate[key], identity));
        if (entry[Directive].Text() == "delete")
        {
            if (index >= 0)
                merged.RemoveAt(index);
            return;
        }

        var target = index >= 0 ? (JsonObject)merged[index]! : [];
        MergeObject(target, entry, schema.Items);
        if (index < 0)
            merged.Add(target);
    }

    /// <summary>An order without a change of the list itself: kubectl sends it whenever any item changes.</summary>
    private static void ReorderUntouched(JsonObject target, JsonObject patch, SchemaNode? schema)
    {
        foreach (var (name, value) in patch)
        {
            if (!name.StartsWith(OrderPrefix, StringComparison.Ordinal))
                continue;
            var list = name[OrderPrefix.Length..];
            if (patch.ContainsKey(list) || target[list] is not JsonArray items || value is not JsonArray order || schema?.Member(list) is not { PatchMerges: true } node)
                continue;
            var original = Items(items);
            target[list] = ToArray(Reorder([.. original], original, order, node.PatchMergeKey));
        }
    }

    /// <summary>
    /// Items named by the order come in that order. Items it does not name (others put them there) keep their place relative to
    /// those that were there before.
    /// </summary>
    private static List<JsonNode?> Reorder(List<JsonNode?> merged, List<JsonNode?> original, JsonArray order, string? key)
    {
        int Rank(JsonNode? item) => IndexIn(order, item, key);
        int Before(JsonNode? item) => original.FindIndex(one => SameItem(one, item, key));
        var named = merged.Where(item => Rank(item) >= 0).OrderBy(Rank).ToList();
        var others = merged.Where(item => Rank(item) < 0).ToList();
        var result = new List<JsonNode?>(merged.Count);
        var next = 0;
        foreach (var item in named)
        {
            var place = Before(item);
            while (next < others.Count && place >= 0 && Before(others[next]) is var otherPlace && otherPlace >= 0 && otherPlace < place)
                result.Add(others[next++]);
            result.Add(item);
        }

        result.AddRange(others.Skip(next));
        return result;
    }

    private static int IndexIn(JsonArray order, JsonNode? item, string? key)
    {
        for (var i = 0; i < order.Count; i++)
        {
            if (SameItem(order[i], item, key))
                return i;
        }

        return -1;
    }

    private static bool SameItem(JsonNode? left, JsonNode? right, string? key) =>
        key is not null && left is JsonObject one && right is JsonObject other ? SameKey(one[key], other[key]) : JsonNode.DeepEquals(left, right);

    private static bool SameKey(JsonNode? left, JsonNode? right) => left is not null && right is not null && left.Text() == right.Text();

    private static void Retain(JsonObject target, JsonArray retained)
    {
        var names = retained.Select(one => one.Text()).ToHashSet();
        foreach (var name in target.Select(member => member.Key).Where(name => !names.Contains(name)).ToList())
            target.Remove(name);
    }

    private static void DeleteValues(JsonObject target, string name, JsonNode? values)
    {
        if (target[name] is not JsonArray list || values is not JsonArray gone)
            return;
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (gone.Any(one => JsonNode.DeepEquals(one, list[i])))
                list.RemoveAt(i);
        }
    }

    private static void AddUnique(List<JsonNode?> merged, JsonNode? item)
    {
        if (!merged.Exists(one => JsonNode.DeepEquals(one, item)))
            merged.Add(item?.DeepClone());
    }

    /// <summary>A copy of a replaced value. Directives in lists that are replaced mean nothing and are left out.</summary>
    private static JsonNode WithoutDirectives(JsonNode value)
    {
        var copy = value.DeepClone();
        if (copy is JsonArray list)
        {
            for (var i = list.Count - 1; i >= 0; i--)
            {
                if (list[i] is JsonObject item && item.Remove(Directive) && item.Count == 0)
                    list.RemoveAt(i);
            }
        }

        return copy;
    }

    private static List<JsonNode?> Items(JsonArray list)
    {
        var items = new List<JsonNode?>(list);
        list.Clear();
        return items;
    }

    private static JsonArray ToArray(List<JsonNode?> items)
    {
        var list = new JsonArray();
        foreach (var item in items)
            list.Add(item);
        return list;
    }
}
