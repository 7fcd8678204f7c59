using System.Text.Json;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// Where an object in a response belongs, and its revision; of a Status its code, and the uid it is about. Read without decoding the rest.
/// </summary>
internal readonly record struct ObjectFacts
{
    public string? Kind { get; private init; }

    public string? Namespace { get; private init; }

    public string? Name { get; private init; }

    public string? Uid { get; private init; }

    public long Version { get; private init; }

    public int Code { get; private init; }

    /// <summary>A list of which there is more.</summary>
    public bool IsContinued { get; private init; }

    public string Path => string.IsNullOrEmpty(Namespace) ? Name ?? "" : $"{Namespace}/{Name}";

    public static ObjectFacts Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>One line of a watch.</summary>
    /// <returns>And where in it the object is.</returns>
    public static (string? Type, ObjectFacts Object, Range Place) ReadEvent(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        string? type = null;
        ObjectFacts item = default;
        var place = Range.All;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                reader.Read();
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("object"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                item = Read(ref reader);
                place = start..(int)reader.BytesConsumed;
            }
        }

        return (type, item, place);
    }

    /// <summary>Where in a list its items are.</summary>
    public static List<Range> ItemsOf(ReadOnlySpan<byte> list)
    {
        var places = new List<Range>();
        var reader = new Utf8JsonReader(list);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isItems = reader.ValueTextEquals("items"u8);
            reader.Read();
            if (!isItems || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                places.Add(start..(int)reader.BytesConsumed);
            }
        }

        return places;
    }

    private static ObjectFacts Read(ref Utf8JsonReader reader)
    {
        var facts = default(ObjectFacts);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("kind"u8))
            {
                reader.Read();
                facts = facts with { Kind = reader.GetString() };
            }
            else if (reader.ValueTextEquals("code"u8))
            {
                reader.Read();
                facts = facts with { Code = reader.GetInt32() };
            }
            else if (reader.ValueTextEquals("metadata"u8) || reader.ValueTextEquals("details"u8))
            {
                reader.Read();
                facts = ReadMetadata(ref reader, facts);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return facts;
    }

    private static ObjectFacts ReadMetadata(ref Utf8JsonReader reader, ObjectFacts facts)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueTextEquals("name"u8) ? "name" : reader.ValueTextEquals("namespace"u8) ? "namespace" : reader.ValueTextEquals("uid"u8) ? "uid"
                : reader.ValueTextEquals("resourceVersion"u8) ? "resourceVersion" : reader.ValueTextEquals("continue"u8) ? "continue" : "";
            reader.Read();
            if (name == "" || reader.TokenType != JsonTokenType.String)
                reader.Skip();
            else
                facts = facts.With(name, reader.GetString()!);
        }

        return facts;
    }

    private ObjectFacts With(string name, string value) => name switch
    {
        "name" => this with { Name = value },
        "namespace" => this with { Namespace = value },
        "uid" => this with { Uid = value },
        "continue" => this with { IsContinued = value.Length > 0 },
        _ => this with { Version = long.TryParse(value, out var version) ? version : 0 },
    };
}
