using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Client.Causes;

/// <summary>A <see cref="Cause"/> as header text: compact JSON, ASCII only, and back.</summary>
public static class CauseHeader
{
    public const int MaxTriggers = 16;

    public static string Format(Cause cause)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("controller"u8, cause.Controller);
            writer.WriteString("reconcileId"u8, cause.ReconcileId);
            writer.WriteString("object"u8, cause.Object);
            writer.WriteStartArray("triggers"u8);
            for (var i = 0; i < Math.Min(cause.Triggers.Count, MaxTriggers); i++)
                writer.WriteNumberValue(cause.Triggers[i]);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.ASCII.GetString(buffer.WrittenSpan);
    }

    /// <returns>Null when the text is not a cause; whoever sends nonsense appears as a root of its own.</returns>
    public static Cause? Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
            var root = document.RootElement;
            var triggers = root.GetProperty("triggers").EnumerateArray().Take(MaxTriggers).Select(t => t.GetInt64()).ToArray();
            return new Cause(Text("controller"), Text("reconcileId"), Text("object"), triggers);

            string Text(string name) => root.GetProperty(name).GetString() ?? "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }
}
