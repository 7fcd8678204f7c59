using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orchestrator.Api.Documents;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orchestrator.ApiServer.Documents;

/// <summary>
/// YAML to JSON and back, event by event. Aliases are refused: a few lines of them can stand for gigabytes. Plain scalars become
/// what Kubernetes' YAML library makes of them.
/// </summary>
internal static class YamlBody
{
    private const int MaxDepth = DocumentDecoder.MaxDepth;

    /// <exception cref="DocumentException">The text is not one YAML document.</exception>
    public static byte[] ToJson(ReadOnlySpan<byte> yaml)
    {
        var buffer = new ArrayBufferWriter<byte>(yaml.Length * 2);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        try
        {
            var parser = new Parser(new StringReader(Encoding.UTF8.GetString(yaml)));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
                throw new DocumentException("yaml: the document is empty");
            parser.Consume<DocumentStart>();
            WriteNode(parser, writer, 0);
        }
        catch (YamlException error)
        {
            throw new DocumentException($"yaml: line {error.Start.Line}: {error.Message}", error);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    public static byte[] FromJson(ReadOnlySpan<byte> json)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings(2, int.MaxValue, false, 1024, true));
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, [], isImplicit: true));
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
            Emit(emitter, ref reader);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteNode(IParser parser, Utf8JsonWriter writer, int depth)
    {
        if (depth > MaxDepth)
            throw new DocumentException("yaml: exceeded max depth");
        if (parser.TryConsume<Scalar>(out var scalar))
            WriteScalar(scalar, writer);
        else if (parser.TryConsume<MappingStart>(out _))
            WriteMapping(parser, writer, depth);
        else if (parser.TryConsume<SequenceStart>(out _))
            WriteSequence(parser, writer, depth);
        else
            throw new DocumentException("yaml: anchors and aliases are not supported");
    }

    private static void WriteMapping(IParser parser, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartObject();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            writer.WritePropertyName(parser.Consume<Scalar>().Value);
            WriteNode(parser, writer, depth + 1);
        }

        writer.WriteEndObject();
    }

    private static void WriteSequence(IParser parser, Utf8JsonWriter writer, int depth)
    {
        writer.WriteStartArray();
        while (!parser.TryConsume<SequenceEnd>(out _))
            WriteNode(parser, writer, depth + 1);
        writer.WriteEndArray();
    }

    private static void WriteScalar(Scalar scalar, Utf8JsonWriter writer)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value == "tag:yaml.org,2002:str"))
            writer.WriteStringValue(text);
        else if (text is "" or "~" or "null" or "Null" or "NULL")
            writer.WriteNullValue();
        else if (AsBool(text) is { } truth)
            writer.WriteBooleanValue(truth);
        else if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
            writer.WriteNumberValue(whole);
        else if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            writer.WriteNumberValue(hex);
        else if (LooksLikeNumber(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            writer.WriteNumberValue(number);
        else
            writer.WriteStringValue(text);
    }

    private static bool? AsBool(string text) => text switch
    {
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        _ => null,
    };

    private static bool LooksLikeNumber(string text) => char.IsAsciiDigit(text[0]) || (text[0] is '-' or '+' or '.' && text.Length > 1);

    private static void Emit(Emitter emitter, ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                emitter.Emit(new MappingStart());
                break;
            case JsonTokenType.EndObject:
                emitter.Emit(new MappingEnd());
                break;
            case JsonTokenType.StartArray:
                emitter.Emit(new SequenceStart(default, default, true, SequenceStyle.Block));
                break;
            case JsonTokenType.EndArray:
                emitter.Emit(new SequenceEnd());
                break;
            case JsonTokenType.PropertyName or JsonTokenType.String:
                var text = reader.GetString()!;
                emitter.Emit(new Scalar(default, default, text, NeedsQuotes(text) ? ScalarStyle.DoubleQuoted : ScalarStyle.Any, true, true));
                break;
            default:
                emitter.Emit(new Scalar(Encoding.UTF8.GetString(reader.ValueSpan)));
                break;
        }
    }

    private static bool NeedsQuotes(string text) =>
        text.Length == 0 || text is "~" or "null" or "Null" or "NULL" || AsBool(text) is not null || LooksLikeNumber(text);
}
