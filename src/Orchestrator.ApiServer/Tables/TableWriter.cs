using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Http;
using Orchestrator.ApiServer.Registry;

namespace Orchestrator.ApiServer.Tables;

/// <summary>What a table's rows carry besides their cells (the includeObject parameter).</summary>
internal enum IncludedObject { Metadata, Object, None }

/// <summary>meta.k8s.io/v1 Table.</summary>
internal static class TableWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static IncludedObject IncludeObject(HttpRequest request) => request.Query["includeObject"].ToString() switch
    {
        "Object" => IncludedObject.Object,
        "None" => IncludedObject.None,
        _ => IncludedObject.Metadata,
    };

    /// <param name="withColumns">Column definitions; a watch sends them with its first event only.</param>
    public static byte[] Write(ResourceDefinition definition, ListPage page, IncludedObject include, DateTimeOffset now, bool withColumns = true)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (page.Entries.Count * 512));
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("kind", "Table");
        json.WriteString("apiVersion", "meta.k8s.io/v1");
        WriteListMeta(json, page);
        WriteColumns(json, withColumns ? definition.Columns : []);
        json.WriteStartArray("rows");
        foreach (var entry in page.Entries)
            WriteRow(json, definition, entry, include, now);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static void WriteListMeta(Utf8JsonWriter json, ListPage page)
    {
        json.WriteStartObject("metadata");
        if (page.Revision > 0)
            json.WriteString("resourceVersion", page.Revision.ToString(CultureInfo.InvariantCulture));
        if (page.Continue is { } token)
            json.WriteString("continue", token.ToString());
        if (page.Remaining is { } remaining)
            json.WriteNumber("remainingItemCount", remaining);
        json.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter json, IReadOnlyList<Column> columns)
    {
        json.WriteStartArray("columnDefinitions");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type);
            json.WriteString("format", column.Format);
            json.WriteString("description", column.Description);
            json.WriteNumber("priority", column.Priority);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, ResourceDefinition definition, CacheEntry entry, IncludedObject include, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteStartArray("cells");
        foreach (var column in definition.Columns)
            WriteCell(json, column.Cell(entry.Typed, now));
        json.WriteEndArray();
        if (include != IncludedObject.None)
        {
            json.WritePropertyName("object");
            json.WriteRawValue(include == IncludedObject.Object ? entry.Json : PartialMetadata.Of(entry.Json), skipInputValidation: true);
        }

        json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, object? cell)
    {
        switch (cell)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(cell.ToString());
                break;
        }
    }
}
