using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Api.Documents;

/// <summary>Documents to compact UTF-8 JSON, with the same escaping as the typed records.</summary>
public static class DocumentJson
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static Utf8JsonWriter? threadWriter;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? threadBuffer;

    public static byte[] Encode(JsonNode document)
    {
        var buffer = threadBuffer ??= new ArrayBufferWriter<byte>(4096);
        var writer = threadWriter ??= new Utf8JsonWriter(buffer, Compact);
        try
        {
            document.WriteTo(writer);
            writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            writer.Reset();
            if (buffer.Capacity > 256 * 1024)
            {
                threadBuffer = null;
                threadWriter = null;
            }
            else
            {
                buffer.ResetWrittenCount();
            }
        }
    }
}
