using System.Text.Json.Nodes;
using Orchestrator.Api.Documents;
using Orchestrator.Api.Patches;
using Orchestrator.Api.Serialization;

namespace Orchestrator.ApiServer.Patches;

/// <summary>Identity of an entry of metadata.managedFields.</summary>
internal readonly record struct ManagerKey(string Manager, string Operation, string ApiVersion, string Subresource);

/// <summary>metadata.managedFields as sets, by manager. Mutable; belongs to one request.</summary>
internal sealed class ManagedFields
{
    public const string Update = "Update";
    public const string Apply = "Apply";

    /// <summary>More managers that update are folded into one. Kubernetes' limit.</summary>
    private const int MaxUpdateManagers = 10;

    private const string AncientManager = "ancient-changes";

    private readonly List<Entry> entries = [];

    private ManagedFields()
    {
    }

    public static ManagedFields Read(JsonObject? document)
    {
        var managed = new ManagedFields();
        if (document.At("metadata.managedFields") is not JsonArray list)
            return managed;
        foreach (var item in list)
        {
            if (item is not JsonObject entry || entry["manager"] is null && entry["operation"] is null)
                continue;
            var key = new ManagerKey(
                entry.StringAt("manager") ?? "", entry.StringAt("operation") ?? Update, entry.StringAt("apiVersion") ?? "", entry.StringAt("subresource") ?? "");
            managed.entries.Add(new Entry(key, entry.StringAt("time") ?? "", FieldSet.Parse(entry["fieldsV1"] as JsonObject)));
        }

        return managed;
    }

    public void Write(JsonObject document)
    {
        var metadata = Registry.ObjectMetadata.Of(document);
        if (entries.Count == 0)
        {
            metadata.Remove("managedFields");
            return;
        }

        var list = new JsonArray();
        foreach (var entry in entries)
            list.Add((JsonNode)entry.ToJson());
        metadata["managedFields"] = list;
    }

    public FieldSet? Find(ManagerKey key) => entries.Find(one => one.Key == key)?.Fields;

    /// <summary>What others than this manager hold, together.</summary>
    public FieldSet HeldByOthers(ManagerKey key)
    {
        var all = new FieldSet();
        foreach (var entry in entries)
        {
            if (entry.Key != key)
                all.UnionWith(entry.Fields);
        }

        return all;
    }

    /// <summary>Who else holds any of these fields, and which.</summary>
    public List<(ManagerKey Key, string Time, FieldSet Fields)> Conflicts(ManagerKey key, FieldSet fields)
    {
        var conflicts = new List<(ManagerKey, string, FieldSet)>();
        foreach (var entry in entries)
        {
            if (entry.Key != key && entry.Fields.IntersectWith(fields) is { IsEmpty: false } common)
                conflicts.Add((entry.Key, entry.Time, common));
        }

        return conflicts;
    }

    /// <summary>Takes fields from everybody but one manager.</summary>
    public void TakeFromOthers(ManagerKey key, FieldSet fields)
    {
        if (fields.IsEmpty)
            return;
        foreach (var entry in entries)
        {
            if (entry.Key != key)
                entry.Fields.ExceptWith(fields);
        }

        entries.RemoveAll(one => one.Key != key && one.Fields.IsEmpty);
    }

    /// <summary>Gives a manager exactly these fields. Its time changes only when they do.</summary>
    public void Set(ManagerKey key, FieldSet fields, DateTimeOffset now)
    {
        var index = entries.FindIndex(one => one.Key == key);
        if (index >= 0 && entries[index].Fields.SetEquals(fields))
            return;
        if (index >= 0)
            entries.RemoveAt(index);
        if (fields.IsEmpty)
            return;
        // Appliers come first, then updaters in the order of their last change.
        var place = key.Operation == Apply ? entries.FindLastIndex(one => one.Key.Operation == Apply) + 1 : entries.Count;
        entries.Insert(place, new Entry(key, TimeConverter.Format(now), fields));
        FoldOldest();
    }

    private void FoldOldest()
    {
        while (entries.Count(one => one.Key.Operation == Update) > MaxUpdateManagers)
        {
            var oldest = entries.Where(one => one.Key.Operation == Update).Take(2).ToList();
            var key = new ManagerKey(AncientManager, Update, oldest[1].Key.ApiVersion, "");
            oldest[0].Fields.UnionWith(oldest[1].Fields);
            entries.Remove(oldest[1]);
            entries[entries.IndexOf(oldest[0])] = new Entry(key, oldest[1].Time, oldest[0].Fields);
        }
    }

    private sealed record Entry(ManagerKey Key, string Time, FieldSet Fields)
    {
        public JsonObject ToJson()
        {
            var json = new JsonObject
            {
                ["manager"] = Key.Manager,
                ["operation"] = Key.Operation,
                ["apiVersion"] = Key.ApiVersion,
            };
            if (Time.Length > 0)
                json["time"] = Time;
            json["fieldsType"] = "FieldsV1";
            json["fieldsV1"] = Fields.ToJson();
            if (Key.Subresource.Length > 0)
                json["subresource"] = Key.Subresource;
            return json;
        }
    }
}
