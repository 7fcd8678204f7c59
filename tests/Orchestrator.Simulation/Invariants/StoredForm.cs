using System.Globalization;
using System.Text;
using System.Text.Json;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// What the store holds of an object, and how a server shows it: read here without the server's code, which is what is judged.
/// Stored is compact JSON, which has no line feeds, and behind one the cause of the write; shown is that JSON with the revision as the
/// first field of its metadata.
/// </summary>
internal static class StoredForm
{
    private static ReadOnlySpan<byte> MetadataStart => "\"metadata\":{"u8;

    private static ReadOnlySpan<byte> PartialHead => "{\"kind\":\"PartialObjectMetadata\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{"u8;

    /// <exception cref="InvalidDataException">There is no object: the audits would see nothing, and find nothing.</exception>
    public static ReadOnlyMemory<byte> Json(KeyValue item)
    {
        var end = item.Value.Span.IndexOf((byte)'\n');
        var json = end < 0 ? item.Value : item.Value[..end];
        return json.Span.StartsWith("{"u8) && json.Span.IndexOf(MetadataStart) > 0
            ? json
            : throw new InvalidDataException($"{item.Key} holds no object at revision {item.ModRevision}");
    }

    public static bool Holds(KeyValue item, string text) => Json(item).Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    public static bool HasUid(KeyValue item, string uid) => Holds(item, $"\"uid\":\"{uid}\"");

    public static bool IsBeingDeleted(KeyValue item) => Json(item).Span.IndexOf("\"deletionTimestamp\":"u8) >= 0;

    /// <summary>Whether these bytes are the object, to the byte, under this revision.</summary>
    /// <param name="isPartial">Only its metadata was asked for.</param>
    public static bool IsShownAs(KeyValue item, long revision, ReadOnlySpan<byte> shown, bool isPartial)
    {
        var json = Json(item).Span;
        var at = json.IndexOf(MetadataStart) + MetadataStart.Length;
        var head = isPartial ? PartialHead : json[..at];
        var tail = isPartial ? Metadata(json, at) : json[at..];
        var version = string.Create(CultureInfo.InvariantCulture, $"\"resourceVersion\":\"{revision}\"{(json[at] == (byte)'}' ? "" : ",")}");
        Span<byte> field = stackalloc byte[version.Length];
        Encoding.ASCII.GetBytes(version, field);
        return shown.Length == head.Length + field.Length + tail.Length + (isPartial ? 1 : 0) && shown.StartsWith(head)
            && shown[head.Length..].StartsWith(field) && shown[(head.Length + field.Length)..].StartsWith(tail);
    }

    /// <summary>From behind its opening brace to its closing one.</summary>
    private static ReadOnlySpan<byte> Metadata(ReadOnlySpan<byte> json, int at)
    {
        var reader = new Utf8JsonReader(json[(at - 1)..]);
        reader.Read();
        reader.Skip();
        return json.Slice(at, (int)reader.BytesConsumed - 1);
    }
}
