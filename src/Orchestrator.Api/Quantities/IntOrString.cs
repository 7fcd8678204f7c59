using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>A number or a string, such as a port's number or name, or a count or a percentage.</summary>
[JsonConverter(typeof(IntOrStringConverter))]
public readonly record struct IntOrString
{
    private readonly string? text;

    public IntOrString(int value) => Value = value;

    public IntOrString(string value) => text = value;

    public bool IsString => text is not null;

    /// <summary>The number; 0 for a string.</summary>
    public int Value { get; }

    /// <summary>The string; the number's digits for a number.</summary>
    public string Text => text ?? Value.ToString(CultureInfo.InvariantCulture);

    public static implicit operator IntOrString(int value) => new(value);

    public static implicit operator IntOrString(string value) => new(value);

    /// <summary>
    /// The number itself, or the percentage of <paramref name="total"/>, rounded up or down.
    /// </summary>
    /// <exception cref="FormatException">A string that is not a percentage.</exception>
    public int Scale(int total, bool roundUp)
    {
        if (!IsString)
            return Value;
        if (!text!.EndsWith('%') || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
            throw new FormatException($"invalid value for IntOrString: invalid type: string is not a percentage: \"{text}\"");
        var scaled = (long)percent * total;
        return (int)(roundUp ? (scaled + 99) / 100 : scaled / 100);
    }

    public override string ToString() => Text;
}

internal sealed class IntOrStringConverter : JsonConverter<IntOrString>
{
    public override IntOrString Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number ? new(reader.GetInt32()) : new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, IntOrString value, JsonSerializerOptions options)
    {
        if (value.IsString)
            writer.WriteStringValue(value.Text);
        else
            writer.WriteNumberValue(value.Value);
    }
}
