using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Api.Patches;

/// <summary>
/// A set of fields of one document, in the form of fieldsV1: a tree whose names are <c>f:field</c>, <c>k:{"key":"value"}</c> for an
/// item of a keyed list and <c>v:value</c> for an item of a set. Mutable; not thread-safe.
/// </summary>
public sealed class FieldSet
{
    private const string Self = ".";

    private SortedList<string, FieldSet>? children;

    /// <summary>The field that leads here is itself in the set, not only what lies below.</summary>
    public bool IsMember { get; set; }

    public bool IsEmpty => !IsMember && children is null or { Count: 0 };

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => children ?? Enumerable.Empty<KeyValuePair<string, FieldSet>>();

    public bool HasChildren => children is { Count: > 0 };

    public static FieldSet Parse(JsonObject? fields)
    {
        var set = new FieldSet();
        foreach (var (name, value) in fields ?? [])
        {
            if (name == Self)
            {
                set.IsMember = true;
                continue;
            }

            var child = Parse(value as JsonObject);
            if (!child.HasChildren)
                child.IsMember = true;
            set.Put(name, child);
        }

        return set;
    }

    public JsonObject ToJson()
    {
        var fields = new JsonObject();
        if (IsMember && HasChildren)
            fields[Self] = new JsonObject();
        foreach (var (name, child) in Children)
            fields[name] = child.ToJson();
        return fields;
    }

    public FieldSet? Find(string name) => children is not null && children.TryGetValue(name, out var child) ? child : null;

    public FieldSet GetOrAdd(string name)
    {
        if (Find(name) is { } child)
            return child;
        child = new FieldSet();
        Put(name, child);
        return child;
    }

    public void Remove(string name) => children?.Remove(name);

    public void UnionWith(FieldSet other)
    {
        IsMember |= other.IsMember;
        foreach (var (name, child) in other.Children)
            GetOrAdd(name).UnionWith(child);
    }

    /// <summary>Takes out the fields that the other set has.</summary>
    public void ExceptWith(FieldSet other)
    {
        if (other.IsMember)
            IsMember = false;
        foreach (var (name, theirs) in other.Children)
        {
            if (Find(name) is not { } mine)
                continue;
            mine.ExceptWith(theirs);
            if (mine.IsEmpty)
                children!.Remove(name);
        }
    }

    /// <summary>The fields that both sets have.</summary>
    public FieldSet IntersectWith(FieldSet other)
    {
        var both = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach (var (name, mine) in Children)
        {
            if (other.Find(name) is { } theirs && mine.IntersectWith(theirs) is { IsEmpty: false } common)
                both.Put(name, common);
        }

        return both;
    }

    public FieldSet Copy()
    {
        var copy = new FieldSet { IsMember = IsMember };
        foreach (var (name, child) in Children)
            copy.Put(name, child.Copy());
        return copy;
    }

    public bool SetEquals(FieldSet other)
    {
        if (IsMember != other.IsMember || (children?.Count ?? 0) != (other.children?.Count ?? 0))
            return false;
        foreach (var (name, mine) in Children)
        {
            if (other.Find(name) is not { } theirs || !mine.SetEquals(theirs))
                return false;
        }

        return true;
    }

    /// <summary>Every field as people read it, e.g. <c>.spec.containers[name="web"].image</c>.</summary>
    public List<string> Paths()
    {
        var paths = new List<string>();
        Collect("", paths);
        return paths;
    }

    private void Collect(string path, List<string> paths)
    {
        if (IsMember && path.Length > 0)
            paths.Add(path);
        foreach (var (name, child) in Children)
            child.Collect(path + Display(name), paths);
    }

    private static string Display(string name)
    {
        var text = name[2..];
        if (name[0] == 'f')
            return "." + text;
        if (name[0] == 'v')
            return $"[={text}]";
        var keys = new StringBuilder();
        foreach (var (key, value) in (JsonObject)JsonNode.Parse(text)!)
            keys.Append(keys.Length == 0 ? "" : ",").Append(key).Append('=').Append(value?.ToJsonString() ?? "null");
        return $"[{keys}]";
    }

    private void Put(string name, FieldSet child) => (children ??= new SortedList<string, FieldSet>(StringComparer.Ordinal))[name] = child;
}
