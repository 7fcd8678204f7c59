using System.Buffers;
using System.Text.Json;

namespace Orchestrator.ApiServer.Causes;

/// <summary>
/// A <see cref="CauseRecord"/> on its way into the store. Every write makes one, so it is written by hand and the client's part is
/// passed on as it came.
/// </summary>
internal sealed record CauseNote
{
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? scratch;

    public required string User { get; init; }

    public required string Verb { get; init; }

    public string? Subresource { get; init; }

    public string? Manager { get; init; }

    public string? UserAgent { get; init; }

    public required DateTimeOffset Time { get; init; }

    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>A JSON object, already checked; empty when the client said nothing.</summary>
    public ReadOnlyMemory<byte> Cause { get; init; }

    /// <summary>The JSON of the record. Valid until this thread encodes the next one.</summary>
    public ReadOnlySpan<byte> Encode()
    {
        var (buffer, writer) = scratch ??= NewScratch();
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        writer.WriteStartObject();
        writer.WriteString("user"u8, User);
        writer.WriteString("verb"u8, Verb);
        WriteIfSet(writer, "subresource"u8, Subresource);
        WriteIfSet(writer, "manager"u8, Manager);
        WriteIfSet(writer, "userAgent"u8, UserAgent);
        writer.WriteString("time"u8, Time);
        WriteFields(writer);
        if (!Cause.IsEmpty)
        {
            writer.WritePropertyName("cause"u8);
            writer.WriteRawValue(Cause.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan;
    }

    private void WriteFields(Utf8JsonWriter writer)
    {
        if (Fields is null)
            return;
        writer.WriteStartArray("fields"u8);
        foreach (var field in Fields)
            writer.WriteStringValue(field);
        writer.WriteEndArray();
    }

    private static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
            writer.WriteString(name, value);
    }

    private static (ArrayBufferWriter<byte>, Utf8JsonWriter) NewScratch()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        return (buffer, new Utf8JsonWriter(buffer, Unchecked));
    }
}
