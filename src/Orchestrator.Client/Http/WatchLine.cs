using System.Buffers;
using System.Text.Json;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client;

/// <summary>Reads one line of a watch: <c>{"type":"ADDED","object":{…}}</c>.</summary>
internal static class WatchLine
{
    /// <returns>Null for an empty line or an event of a type this client does not know.</returns>
    /// <exception cref="ApiException">The line is an ERROR event, or not a watch event at all.</exception>
    public static WatchEvent<T>? Parse<T>(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty)
            return null;
        try
        {
            return Read<T>(line);
        }
        catch (JsonException e)
        {
            throw ApiErrors.Make(500, StatusReason.InternalError, $"a watch event could not be read: {e.Message}", e);
        }
    }

    private static WatchEvent<T>? Read<T>(ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        string? type = null;
        ReadOnlySequence<byte> item = default;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType)
                type = reader.GetString();
            var start = reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
                item = line.Slice(start, reader.BytesConsumed - start);
        }

        if (item.IsEmpty)
            throw new JsonException("the event has no object");
        return Make<T>(type, item);
    }

    private static WatchEvent<T>? Make<T>(string? type, ReadOnlySequence<byte> item) => type switch
    {
        "ADDED" => new(WatchEventType.Added, Object<T>(item)),
        "MODIFIED" => new(WatchEventType.Modified, Object<T>(item)),
        "DELETED" => new(WatchEventType.Deleted, Object<T>(item)),
        "BOOKMARK" => new(WatchEventType.Bookmark, Object<T>(item)),
        "ERROR" => throw new ApiException(Object<Status>(item)),
        _ => null,
    };

    private static T Object<T>(ReadOnlySequence<byte> item)
    {
        var reader = new Utf8JsonReader(item);
        return JsonSerializer.Deserialize(ref reader, ApiJson.TypeInfo<T>()) ?? throw new JsonException("null is not an object");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new JsonException($"expected {token}");
    }
}
