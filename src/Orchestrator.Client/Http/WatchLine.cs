using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;

namespace Orchestrator.Client;

/// <summary>Reads one line of a watch: <c>{"type":"ADDED","object":{…}}</c>.</summary>
internal static class WatchLine
{
    /// <returns>Null for an empty line or an event of a type this client does not know.</returns>
    /// <exception cref="ApiException">The line is an ERROR event, or not a watch event at all.</exception>
    public static WatchEvent<T>? Parse<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> typeInfo)
    {
        if (line.IsEmpty)
            return null;
        try
        {
            return Read(line, typeInfo);
        }
        catch (JsonException e)
        {
            throw ApiErrors.Make(500, StatusReason.InternalError, $"a watch event could not be read: {e.Message}", e);
        }
    }

    private static WatchEvent<T>? Read<T>(ReadOnlySequence<byte> line, JsonTypeInfo<T> typeInfo)
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
        return Make(type, item, typeInfo);
    }

    private static WatchEvent<T>? Make<T>(string? type, ReadOnlySequence<byte> item, JsonTypeInfo<T> typeInfo) => type switch
    {
        "ADDED" => new(WatchEventType.Added, Object(item, typeInfo)),
        "MODIFIED" => new(WatchEventType.Modified, Object(item, typeInfo)),
        "DELETED" => new(WatchEventType.Deleted, Object(item, typeInfo)),
        "BOOKMARK" => new(WatchEventType.Bookmark, Object(item, typeInfo)),
        "ERROR" => throw new ApiException(Object(item, ApiJson.TypeInfo<Status>())),
        _ => null,
    };

    private static T Object<T>(ReadOnlySequence<byte> item, JsonTypeInfo<T> typeInfo)
    {
        var reader = new Utf8JsonReader(item);
        return JsonSerializer.Deserialize(ref reader, typeInfo) ?? throw new JsonException("null is not an object");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new JsonException($"expected {token}");
    }
}
