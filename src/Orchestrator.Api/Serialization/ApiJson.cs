using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Orchestrator.Api.Serialization;

/// <summary>Typed records to and from the API's JSON. Thread-safe.</summary>
public static class ApiJson
{
    /// <summary>The one context: camelCase, absent fields left out, no needless escaping.</summary>
    public static ApiJsonContext Context { get; } = new(new JsonSerializerOptions(ApiJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static JsonTypeInfo<T> TypeInfo<T>() =>
        (JsonTypeInfo<T>?)Context.GetTypeInfo(typeof(T)) ?? throw new ArgumentException($"{typeof(T)} is not part of the API's JSON context");

    public static byte[] Serialize<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <exception cref="JsonException">The text is not JSON, or not of this type.</exception>
    public static T Deserialize<T>(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, TypeInfo<T>()) ?? throw new JsonException("null is not an object");
}
