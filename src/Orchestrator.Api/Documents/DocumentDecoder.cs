using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Api.Schema;

namespace Orchestrator.Api.Documents;

/// <summary>
/// JSON to a document in one pass: types checked, unknown fields dropped and named, nulls and empty lists and maps left out (as
/// Go's omitempty does), times and base64 in canonical form. kind, apiVersion and metadata come first.
/// </summary>
public ref struct DocumentDecoder
{
    /// <summary>Deeper bodies are refused: far beyond any real object, far below a stack's end.</summary>
    public const int MaxDepth = 100;

    /// <summary>Strict errors beyond this many are not worth reading.</summary>
    private const int MaxStrictErrors = 64;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth, CommentHandling = JsonCommentHandling.Disallow };

    private Utf8JsonReader reader;
    private List<string>? strictErrors;
    private PathSegment[] path;
    private int depth;

    private DocumentDecoder(ReadOnlySpan<byte> utf8)
    {
        reader = new Utf8JsonReader(utf8, ReaderOptions);
        path = ArrayPool<PathSegment>.Shared.Rent(MaxDepth + 2);
    }

    /// <exception cref="DocumentException">Not JSON, not an object, too deep, or a value of the wrong type.</exception>
    public static DecodedDocument Decode(ReadOnlySpan<byte> utf8, SchemaNode schema)
    {
        var decoder = new DocumentDecoder(utf8);
        try
        {
            return decoder.Run(schema);
        }
        catch (JsonException error)
        {
            throw new DocumentException($"json: {error.Message}", error);
        }
        catch (InvalidOperationException error)
        {
            // Utf8JsonReader's answer to invalid UTF-8 or lone surrogates inside a string.
            throw new DocumentException("json: invalid UTF-8 in string literal", error);
        }
        finally
        {
            ArrayPool<PathSegment>.Shared.Return(decoder.path, clearArray: true);
        }
    }

    private DecodedDocument Run(SchemaNode schema)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new DocumentException($"json: cannot unmarshal {TokenName()} into Go value of type {schema.QualifiedTypeName}");
        var document = new JsonObject { ["kind"] = null, ["apiVersion"] = null, ["metadata"] = null };
        ReadMembers(document, schema, placeholders: true);
        foreach (var name in (ReadOnlySpan<string>)["kind", "apiVersion", "metadata"])
        {
            if (document[name] is null)
                document.Remove(name);
        }

        if (reader.Read())
            throw new DocumentException("json: invalid character after top-level value");
        return new DecodedDocument(document, strictErrors ?? (IReadOnlyList<string>)[]);
    }

    private JsonObject ReadObject(SchemaNode schema)
    {
        var item = new JsonObject();
        ReadMembers(item, schema, placeholders: false);
        return item;
    }

    private void ReadMembers(JsonObject target, SchemaNode schema, bool placeholders)
    {
        HashSet<string>? seenNulls = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name;
            SchemaNode? memberSchema;
            if (schema.Type == SchemaType.Struct)
            {
                var field = reader.ValueIsEscaped ? schema.Fields.Find(reader.GetString()!) : schema.Fields.Find(reader.ValueSpan);
                name = field?.Name ?? reader.GetString()!;
                memberSchema = field?.Node;
            }
            else
            {
                name = reader.GetString()!;
                memberSchema = schema.Items;
            }

            path[depth++] = new PathSegment(name, -1, schema);
            reader.Read();
            if (memberSchema is null)
            {
                ReadUnknown(target, name, schema);
            }
            else
            {
                var isRepeat = target.TryGetPropertyValue(name, out var earlier) ? !(placeholders && earlier is null) : seenNulls?.Contains(name) == true;
                if (isRepeat)
                    AddStrictError("duplicate");
                if (ReadValue(memberSchema, schema.Type == SchemaType.Map) is { } value)
                    target[name] = value;
                else
                    (seenNulls ??= []).Add(name);
            }

            depth--;
        }
    }

    private void ReadUnknown(JsonObject target, string name, SchemaNode schema)
    {
        if (schema.PreservesUnknownFields)
        {
            target[name] = JsonNode.Parse(ref reader);
            return;
        }

        AddStrictError("unknown");
        reader.Skip();
    }

    /// <summary>The value at the reader, or null when it counts as absent.</summary>
    private JsonNode? ReadValue(SchemaNode schema, bool inMap)
    {
        if (schema.Type == SchemaType.Any)
            return reader.TokenType == JsonTokenType.Null ? null : JsonNode.Parse(ref reader);
        if (reader.TokenType == JsonTokenType.Null)
            return inMap ? ZeroValue(schema) : null;
        switch (schema.Type)
        {
            case SchemaType.Struct:
                Expect(JsonTokenType.StartObject, schema);
                return ReadObject(schema);
            case SchemaType.Map:
                Expect(JsonTokenType.StartObject, schema);
                var map = ReadObject(schema);
                return map.Count == 0 && !inMap ? null : map;
            case SchemaType.List:
                Expect(JsonTokenType.StartArray, schema);
                var list = ReadList(schema);
                return list.Count == 0 && !inMap ? null : list;
            default:
                return ReadScalar(schema);
        }
    }

    private JsonArray ReadList(SchemaNode schema)
    {
        var list = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path[depth++] = new PathSegment("", list.Count, schema);
            list.Add(ReadValue(schema.Items!, inMap: true));
            depth--;
        }

        return list;
    }

    private JsonNode ReadScalar(SchemaNode schema)
    {
        switch (schema.Type)
        {
            case SchemaType.String:
                Expect(JsonTokenType.String, schema);
                return JsonValue.Create(reader.GetString()!);
            case SchemaType.Int32:
                Expect(JsonTokenType.Number, schema);
                return reader.TryGetInt32(out var int32) || TryWhole(out int32) ? JsonValue.Create(int32) : throw NumberMismatch(schema);
            case SchemaType.Int64:
                Expect(JsonTokenType.Number, schema);
                return reader.TryGetInt64(out var int64) ? JsonValue.Create(int64) : throw NumberMismatch(schema);
            case SchemaType.Double:
                Expect(JsonTokenType.Number, schema);
                return JsonValue.Create(reader.GetDouble());
            case SchemaType.Bool:
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    throw Mismatch(schema);
                return JsonValue.Create(reader.TokenType == JsonTokenType.True);
            case SchemaType.Bytes:
                return ReadBytes(schema);
            case SchemaType.Time or SchemaType.MicroTime:
                return ReadTime(schema);
            case SchemaType.IntOrString:
                return ReadIntOrString(schema);
            default:
                return ReadQuantity(schema);
        }
    }

    private readonly bool TryWhole(out int value)
    {
        // "3.0" and "3e0" are whole numbers to YAML converters and JavaScript.
        value = 0;
        if (!reader.TryGetDouble(out var number) || number != Math.Floor(number) || Math.Abs(number) > int.MaxValue || reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') < 0)
            return false;
        value = (int)number;
        return true;
    }

    private JsonNode ReadBytes(SchemaNode schema)
    {
        Expect(JsonTokenType.String, schema);
        if (!reader.TryGetBytesFromBase64(out var bytes))
            throw new DocumentException($"illegal base64 data at input byte {BadBase64Offset(reader.GetString()!)}");
        return JsonValue.Create(Convert.ToBase64String(bytes));
    }

    private static int BadBase64Offset(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(text[i]) && text[i] is not ('+' or '/'))
                return i;
        }

        return text.Length - (text.Length % 4);
    }

    private JsonNode ReadTime(SchemaNode schema)
    {
        Expect(JsonTokenType.String, schema);
        var text = reader.GetString()!;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) || text.Length < 11 || text[10] is not ('T' or 't'))
            throw new DocumentException($"parsing time \"{text}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"{text}\" as \"2006\"");
        return JsonValue.Create(schema.Type == SchemaType.MicroTime ? MicroTimeConverter.Format(time) : TimeConverter.Format(time));
    }

    private JsonNode ReadIntOrString(SchemaNode schema)
    {
        if (reader.TokenType == JsonTokenType.String)
            return JsonValue.Create(reader.GetString()!);
        if (reader.TokenType != JsonTokenType.Number)
            throw Mismatch(schema);
        return reader.TryGetInt32(out var number) ? JsonValue.Create(number) : throw NumberMismatch(schema);
    }

    private readonly JsonNode ReadQuantity(SchemaNode schema)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number))
            throw Mismatch(schema);
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.ValueSpan);
        if (!Quantity.TryParse(text, out var quantity))
            throw new DocumentException("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        return JsonValue.Create(quantity.ToCanonicalString());
    }

    private static JsonNode? ZeroValue(SchemaNode schema) => schema.Type switch
    {
        SchemaType.String or SchemaType.Bytes => JsonValue.Create(""),
        SchemaType.Int32 => JsonValue.Create(0),
        SchemaType.Int64 => JsonValue.Create(0L),
        SchemaType.Bool => JsonValue.Create(false),
        SchemaType.Quantity => JsonValue.Create("0"),
        SchemaType.Struct or SchemaType.Map => new JsonObject(),
        SchemaType.List => new JsonArray(),
        _ => null,
    };

    private readonly void Expect(JsonTokenType token, SchemaNode schema)
    {
        if (reader.TokenType != token)
            throw Mismatch(schema);
    }

    private readonly DocumentException Mismatch(SchemaNode schema) =>
        new($"json: cannot unmarshal {TokenName()} into Go struct field {GoPath()} of type {schema.QualifiedTypeName}");

    private readonly DocumentException NumberMismatch(SchemaNode schema) =>
        new($"json: cannot unmarshal number {Encoding.UTF8.GetString(reader.ValueSpan)} into Go struct field {GoPath()} of type {schema.QualifiedTypeName}");

    private readonly string TokenName() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "object",
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.Null => "null",
        _ => "bool",
    };

    /// <summary>Struct that holds the field, then the field names without indexes: "DeploymentSpec.spec.replicas".</summary>
    private readonly string GoPath()
    {
        var text = new StringBuilder();
        var owner = "";
        for (var i = 0; i < depth; i++)
        {
            if (path[i].Index >= 0)
                continue;
            if (path[i].Owner.Type == SchemaType.Struct)
                owner = path[i].Owner.TypeName;
            else
                continue;
            text.Append('.').Append(path[i].Name);
        }

        return owner + text;
    }

    private void AddStrictError(string what)
    {
        strictErrors ??= [];
        if (strictErrors.Count < MaxStrictErrors)
            strictErrors.Add($"{what} field \"{FieldPath()}\"");
    }

    private readonly string FieldPath()
    {
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
        {
            if (path[i].Index >= 0)
                text.Append('[').Append(path[i].Index).Append(']');
            else
                text.Append(i == 0 ? "" : ".").Append(path[i].Name);
        }

        return text.ToString();
    }

    private readonly record struct PathSegment(string Name, int Index, SchemaNode Owner);
}
