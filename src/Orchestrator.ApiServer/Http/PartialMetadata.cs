using System.Text.Json;

namespace Orchestrator.ApiServer.Http;

/// <summary>meta.k8s.io/v1 PartialObjectMetadata: the metadata's own bytes under another head.</summary>
internal static class PartialMetadata
{
    private static ReadOnlySpan<byte> Head => "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":"u8;

    public static byte[] Of(ReadOnlySpan<byte> json)
    {
        var metadata = MetadataOf(json);
        var result = new byte[Head.Length + metadata.Length + 1];
        Head.CopyTo(result);
        metadata.CopyTo(result.AsSpan(Head.Length));
        result[^1] = (byte)'}';
        return result;
    }

    public static ReadOnlySpan<byte> MetadataOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var found = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (found)
                return json[start..(int)reader.BytesConsumed];
        }

        return "{}"u8;
    }
}
