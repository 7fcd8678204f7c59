using System.Text.Json;

namespace Orchestrator.Simulation.Invariants;

/// <summary>Where an object in a response belongs, and its revision; of a Status its code. Read without decoding the rest.</summary>
internal readonly record struct ObjectFacts(string? Kind, string? Namespace, string? Name, long Version, int Code)
{
    public string Path => string.IsNullOrEmpty(Namespace) ? Name ?? "" : $"{Namespace}/{Name}";

    public static ObjectFacts Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Read(ref reader);
    }

    /// <summary>One line of a watch.</summary>
    public static (string? Type, ObjectFacts Object) ReadEvent(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        string? type = null;
        ObjectFacts item = default;
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
                item = Read(ref reader);
            }
        }

        return (type, item);
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
            else if (reader.ValueTextEquals("metadata"u8))
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
            var (isName, isNamespace, isVersion) = (reader.ValueTextEquals("name"u8), reader.ValueTextEquals("namespace"u8), reader.ValueTextEquals("resourceVersion"u8));
            reader.Read();
            if (isName)
                facts = facts with { Name = reader.GetString() };
            else if (isNamespace)
                facts = facts with { Namespace = reader.GetString() };
            else if (isVersion && long.TryParse(reader.GetString(), out var version))
                facts = facts with { Version = version };
            else
                reader.Skip();
        }

        return facts;
    }
}
