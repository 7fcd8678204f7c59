using System.Text;
using System.Text.Json;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Caching;

/// <summary>Labels and selectable fields of one object, read from its bytes in one pass.</summary>
internal sealed class SelectorFields
{
    private SelectorFields(string path, Dictionary<string, string>? labels, string[] values)
    {
        Labels = labels;
        Values = values;
        var slash = path.IndexOf('/');
        Namespace = slash < 0 ? "" : path[..slash];
        Name = path[(slash + 1)..];
    }

    public string Namespace { get; }

    public string Name { get; }

    /// <summary>Null when the object has none.</summary>
    public Dictionary<string, string>? Labels { get; }

    /// <summary>In the order of <see cref="ResourceDefinition.SelectableFields"/>.</summary>
    public string[] Values { get; }

    public static SelectorFields Read(ResourceDefinition definition, byte[] json, string path)
    {
        var selectable = definition.SelectableFields;
        var values = new string[selectable.Count];
        ApiObject? item = null;
        for (var i = 0; i < selectable.Count; i++)
            values[i] = selectable[i].Value is { } compute ? compute(item ??= new ApiObject(json)) : Find(json, selectable[i].Path) ?? selectable[i].Default;
        return new SelectorFields(path, ReadLabels(json), values);
    }

    private static Dictionary<string, string>? ReadLabels(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        if (!Enter(ref reader, "metadata"u8) || !Enter(ref reader, "labels"u8) || reader.TokenType != JsonTokenType.StartObject)
            return null;
        var labels = new Dictionary<string, string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            labels[name] = reader.GetString() ?? "";
        }

        return labels;
    }

    private static string? Find(byte[] json, string path)
    {
        var reader = new Utf8JsonReader(json);
        Span<byte> name = stackalloc byte[128];
        foreach (var range in path.AsSpan().Split('.'))
        {
            var length = Encoding.UTF8.GetBytes(path.AsSpan(range), name);
            if (!Enter(ref reader, name[..length]))
                return null;
        }

        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.Null => null,
            _ => Encoding.UTF8.GetString(reader.ValueSpan),
        };
    }

    /// <summary>Moves from an object (or the start) to the value of one of its members. False when absent.</summary>
    private static bool Enter(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (reader.TokenType == JsonTokenType.None)
            reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals(name);
            reader.Read();
            if (found)
                return true;
            reader.Skip();
        }

        return false;
    }
}
