using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Documents.Protobuf;

/// <summary>
/// Kubernetes' protobuf form to a document, by the numbers on the records. What it makes still goes through
/// <see cref="DocumentDecoder"/>, as a JSON body would.
/// </summary>
public static class ProtoDecoder
{
    private const int MaxDepth = DocumentDecoder.MaxDepth;

    /// <exception cref="DocumentException">Not protobuf, or not of this schema.</exception>
    public static JsonObject Decode(ReadOnlySpan<byte> body, SchemaNode schema)
    {
        var envelope = ProtoEnvelope.Open(body);
        var document = new JsonObject();
        if (envelope.Kind.Length > 0)
            document["kind"] = envelope.Kind;
        if (envelope.ApiVersion.Length > 0)
            document["apiVersion"] = envelope.ApiVersion;
        ReadMessage(envelope.Raw, schema, document, embedded: 0, depth: 0);
        return document;
    }

    /// <summary>Reads a struct's message, or (embedded is its number) one that is embedded in the struct.</summary>
    private static void ReadMessage(ReadOnlySpan<byte> data, SchemaNode schema, JsonObject target, int embedded, int depth)
    {
        if (depth > MaxDepth)
            throw new DocumentException("proto: exceeded max depth");
        var table = ProtoFields.Of(schema);
        var reader = new ProtoReader(data);
        while (reader.Read())
        {
            if (table.Find(embedded == 0 ? reader.Number : embedded, embedded == 0 ? 0 : reader.Number) is { } field)
                ReadField(ref reader, field, target, depth);
            else if (embedded == 0 && table.IsEmbedded(reader.Number))
                ReadMessage(reader.ReadBytes(), schema, target, reader.Number, depth + 1);
            else
                reader.Skip();
        }
    }

    private static void ReadField(ref ProtoReader reader, SchemaField field, JsonObject target, int depth)
    {
        switch (field.Node.Type)
        {
            case SchemaType.List:
                if (target[field.Name] is not JsonArray list)
                    target[field.Name] = list = [];
                ReadItem(ref reader, field.Node.Items!, list, depth);
                break;
            case SchemaType.Map:
                if (target[field.Name] is not JsonObject map)
                    target[field.Name] = map = [];
                ReadEntry(reader.ReadBytes(), field.Node.Items!, map, depth);
                break;
            default:
                var value = ReadValue(ref reader, field.Node, depth);
                if (value is null || (IsZero(value) && !ProtoFields.KeepsZero(field.Name)))
                    target.Remove(field.Name);
                else
                    target[field.Name] = value;
                break;
        }
    }

    private static void ReadItem(ref ProtoReader reader, SchemaNode schema, JsonArray list, int depth)
    {
        var isNumber = schema.Type is SchemaType.Int32 or SchemaType.Int64 or SchemaType.Bool;
        if (!isNumber || reader.Wire != ProtoWire.Bytes)
        {
            list.Add(ReadValue(ref reader, schema, depth));
            return;
        }

        // Packed: a run of numbers in one field.
        var packed = new ProtoReader(reader.ReadBytes());
        while (packed.TryReadPacked(out var number))
            list.Add(Number(schema, number));
    }

    private static void ReadEntry(ReadOnlySpan<byte> data, SchemaNode schema, JsonObject map, int depth)
    {
        var reader = new ProtoReader(data);
        var key = "";
        JsonNode? value = null;
        while (reader.Read())
        {
            if (reader.Number == 1)
                key = Text(reader.ReadBytes());
            else if (reader.Number == 2)
                value = ReadValue(ref reader, schema, depth);
            else
                reader.Skip();
        }

        map[key] = value ?? (schema.Type == SchemaType.Bytes || schema.Type == SchemaType.String ? JsonValue.Create("") : null);
    }

    private static JsonNode? ReadValue(ref ProtoReader reader, SchemaNode schema, int depth)
    {
        switch (schema.Type)
        {
            case SchemaType.Struct:
                var item = new JsonObject();
                ReadMessage(reader.ReadBytes(), schema, item, 0, depth + 1);
                return item;
            case SchemaType.List:
                return ReadWrappedList(reader.ReadBytes(), schema.Items!, depth);
            case SchemaType.String:
                return JsonValue.Create(Text(reader.ReadBytes()));
            case SchemaType.Bytes:
                return JsonValue.Create(Convert.ToBase64String(reader.ReadBytes()));
            case SchemaType.Double:
                return JsonValue.Create(reader.ReadDouble());
            case SchemaType.Int32 or SchemaType.Int64 or SchemaType.Bool:
                return Number(schema, reader.ReadVarint());
            case SchemaType.Time or SchemaType.MicroTime:
                return ReadTime(reader.ReadBytes(), schema.Type);
            case SchemaType.Quantity:
                return JsonValue.Create(ReadWrappedText(reader.ReadBytes()) is { Length: > 0 } text ? text : "0");
            case SchemaType.IntOrString:
                return ReadIntOrString(reader.ReadBytes());
            case SchemaType.Any:
                return ReadRaw(reader.ReadBytes());
            default:
                throw new DocumentException($"proto: {schema.QualifiedTypeName} cannot be decoded");
        }
    }

    private static JsonNode Number(SchemaNode schema, ulong value) => schema.Type switch
    {
        SchemaType.Bool => JsonValue.Create(value != 0),
        SchemaType.Int32 => JsonValue.Create((int)value),
        _ => JsonValue.Create((long)value),
    };

    /// <summary>A list as a map's value is a message with the items as field 1.</summary>
    private static JsonArray ReadWrappedList(ReadOnlySpan<byte> data, SchemaNode schema, int depth)
    {
        var list = new JsonArray();
        var reader = new ProtoReader(data);
        while (reader.Read())
        {
            if (reader.Number == 1)
                ReadItem(ref reader, schema, list, depth + 1);
            else
                reader.Skip();
        }

        return list;
    }

    private static string ReadWrappedText(ReadOnlySpan<byte> data)
    {
        var reader = new ProtoReader(data);
        var text = "";
        while (reader.Read())
        {
            if (reader.Number == 1)
                text = Text(reader.ReadBytes());
            else
                reader.Skip();
        }

        return text;
    }

    /// <summary>RawExtension, FieldsV1 and the like: JSON in field 1.</summary>
    private static JsonNode? ReadRaw(ReadOnlySpan<byte> data)
    {
        var text = ReadWrappedText(data);
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (System.Text.Json.JsonException error)
        {
            throw new DocumentException($"json: {error.Message}", error);
        }
    }

    /// <summary>An empty message is the zero time, which JSON leaves out.</summary>
    private static JsonNode? ReadTime(ReadOnlySpan<byte> data, SchemaType type)
    {
        if (data.IsEmpty)
            return null;
        var reader = new ProtoReader(data);
        long seconds = 0, nanos = 0;
        while (reader.Read())
        {
            if (reader.Number == 1)
                seconds = (long)reader.ReadVarint();
            else if (reader.Number == 2)
                nanos = (long)reader.ReadVarint();
            else
                reader.Skip();
        }

        if (seconds is < -62135596800 or > 253402300799 || nanos is < 0 or > 999_999_999)
            throw new DocumentException($"proto: time {seconds.ToString(CultureInfo.InvariantCulture)} is out of range");
        var time = DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100);
        return JsonValue.Create(type == SchemaType.MicroTime ? MicroTimeConverter.Format(time) : TimeConverter.Format(time));
    }

    private static JsonNode ReadIntOrString(ReadOnlySpan<byte> data)
    {
        var reader = new ProtoReader(data);
        var isText = false;
        var number = 0;
        var text = "";
        while (reader.Read())
        {
            switch (reader.Number)
            {
                case 1:
                    isText = reader.ReadVarint() == 1;
                    break;
                case 2:
                    number = (int)reader.ReadVarint();
                    break;
                case 3:
                    text = Text(reader.ReadBytes());
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return isText ? JsonValue.Create(text) : JsonValue.Create(number);
    }

    private static bool IsZero(JsonNode value) => value is JsonValue scalar
        && (scalar.TryGetValue<string>(out var text) ? text.Length == 0
            : scalar.TryGetValue<int>(out var int32) ? int32 == 0
            : scalar.TryGetValue<bool>(out var truth) ? !truth
            : scalar.TryGetValue<long>(out var int64) && int64 == 0);

    private static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
