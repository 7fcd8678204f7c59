using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Api;

/// <summary>
/// A fixed-point number with a decimal or binary suffix: "100m", "1.5", "64Mi", "2e3". Keeps the text it was given, compares by
/// value. Kept exactly to a billionth (nano); smaller parts are rounded up, as Kubernetes does.
/// </summary>
/// <remarks>Source: Kubernetes API conventions, resource.Quantity.</remarks>
[JsonConverter(typeof(QuantityConverter))]
public readonly struct Quantity : IEquatable<Quantity>, IComparable<Quantity>
{
    private static readonly (string Suffix, int Power)[] Binary = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
    private static readonly (char Suffix, int Power)[] Decimal =
        [('n', -9), ('u', -6), ('m', -3), ('k', 3), ('M', 6), ('G', 9), ('T', 12), ('P', 15), ('E', 18)];

    private readonly string? text;
    private readonly Int128 nanos;

    private Quantity(string text, Int128 nanos)
    {
        this.text = text;
        this.nanos = nanos;
    }

    /// <summary>The value in whole units, rounded up.</summary>
    public long Value => Ceiling(nanos, 1_000_000_000);

    /// <summary>The value in thousandths, rounded up.</summary>
    public long MilliValue => Ceiling(nanos, 1_000_000);

    public bool IsZero => nanos == 0;

    public int Sign => Int128.Sign(nanos);

    /// <exception cref="FormatException">Not a quantity.</exception>
    public static Quantity Parse(string text) =>
        TryParse(text, out var quantity)
            ? quantity
            : throw new FormatException("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");

    public static bool TryParse(string? text, out Quantity quantity)
    {
        quantity = default;
        if (string.IsNullOrEmpty(text) || text.Length > 64)
            return false;
        var end = 0;
        if (text[0] is '+' or '-')
            end++;
        var digitsStart = end;
        var digits = 0;
        var fraction = -1;
        BigInteger mantissa = 0;
        for (; end < text.Length; end++)
        {
            if (text[end] is >= '0' and <= '9')
            {
                mantissa = mantissa * 10 + (text[end] - '0');
                digits++;
                if (fraction >= 0)
                    fraction++;
            }
            else if (text[end] == '.' && fraction < 0)
                fraction = 0;
            else
                break;
        }

        if (digits == 0 || end == digitsStart || !TryParseSuffix(text.AsSpan(end), out var power, out var isBinary))
            return false;
        var scaled = mantissa * 1_000_000_000;
        var exponent = -Math.Max(fraction, 0) + (isBinary ? 0 : power);
        if (isBinary)
            scaled <<= power;
        scaled = exponent >= 0 ? scaled * BigInteger.Pow(10, exponent) : DivideRoundingUp(scaled, BigInteger.Pow(10, -exponent));
        if (scaled > (BigInteger)Int128.MaxValue)
            scaled = (BigInteger)Int128.MaxValue;
        quantity = new Quantity(text, text[0] == '-' ? -(Int128)scaled : (Int128)scaled);
        return true;
    }

    /// <summary>A decimal quantity of whole units.</summary>
    public static Quantity FromValue(long value) => new(value.ToString(CultureInfo.InvariantCulture), (Int128)value * 1_000_000_000);

    /// <summary>A decimal quantity of thousandths, such as CPU time: 1500 is "1500m", 2000 is "2".</summary>
    public static Quantity FromMilliValue(long milliValue) =>
        milliValue % 1000 == 0
            ? FromValue(milliValue / 1000)
            : new(milliValue.ToString(CultureInfo.InvariantCulture) + "m", (Int128)milliValue * 1_000_000);

    /// <summary>A number of bytes with the largest binary suffix that keeps it whole: 1048576 is "1Mi".</summary>
    public static Quantity FromBytes(long bytes)
    {
        for (var i = Binary.Length - 1; i >= 0; i--)
        {
            if (bytes != 0 && bytes % (1L << Binary[i].Power) == 0)
                return new((bytes >> Binary[i].Power).ToString(CultureInfo.InvariantCulture) + Binary[i].Suffix, (Int128)bytes * 1_000_000_000);
        }

        return FromValue(bytes);
    }

    /// <summary>
    /// The canonical text of the value: no fraction, the largest suffix that allows it, in the family (binary, decimal, exponent)
    /// the quantity was written in. "0.5" becomes "500m", "1024Ki" becomes "1Mi", "1000" becomes "1k".
    /// </summary>
    public string ToCanonicalString()
    {
        var written = text ?? "0";
        if (written.EndsWith('i') && nanos % 1_000_000_000 == 0)
        {
            var value = nanos / 1_000_000_000;
            var i = Binary.Length - 1;
            while (i >= 0 && (value == 0 || value % ((Int128)1 << Binary[i].Power) != 0))
                i--;
            return i < 0 ? value.ToString(CultureInfo.InvariantCulture) : (value >> Binary[i].Power).ToString(CultureInfo.InvariantCulture) + Binary[i].Suffix;
        }

        var number = nanos;
        var power = -9;
        while (number != 0 && power < 18 && number % 1000 == 0)
        {
            number /= 1000;
            power += 3;
        }

        if (number == 0)
            return "0";
        var suffix = power == 0 ? "" : IsExponentForm(written) ? "e" + power.ToString(CultureInfo.InvariantCulture) : SuffixOf(power);
        return number.ToString(CultureInfo.InvariantCulture) + suffix;
    }

    public static Quantity operator +(Quantity left, Quantity right) => FromNanos(left.nanos + right.nanos, left.text ?? right.text);

    public static Quantity operator -(Quantity left, Quantity right) => FromNanos(left.nanos - right.nanos, left.text ?? right.text);

    public static bool operator ==(Quantity left, Quantity right) => left.nanos == right.nanos;

    public static bool operator !=(Quantity left, Quantity right) => left.nanos != right.nanos;

    public static bool operator <(Quantity left, Quantity right) => left.nanos < right.nanos;

    public static bool operator >(Quantity left, Quantity right) => left.nanos > right.nanos;

    public static bool operator <=(Quantity left, Quantity right) => left.nanos <= right.nanos;

    public static bool operator >=(Quantity left, Quantity right) => left.nanos >= right.nanos;

    public int CompareTo(Quantity other) => nanos.CompareTo(other.nanos);

    public bool Equals(Quantity other) => nanos == other.nanos;

    public override bool Equals(object? obj) => obj is Quantity other && Equals(other);

    public override int GetHashCode() => nanos.GetHashCode();

    /// <summary>The text as it was written.</summary>
    public override string ToString() => text ?? "0";

    private static Quantity FromNanos(Int128 nanos, string? likeText)
    {
        // The text of a sum is the canonical text in the family of its first operand.
        var like = likeText is not null && likeText.EndsWith('i') ? "i" : "";
        return new(new Quantity(like, nanos).ToCanonicalString(), nanos);
    }

    private static bool TryParseSuffix(ReadOnlySpan<char> suffix, out int power, out bool isBinary)
    {
        power = 0;
        isBinary = false;
        if (suffix.IsEmpty)
            return true;
        foreach (var (name, binaryPower) in Binary)
        {
            if (suffix.SequenceEqual(name))
            {
                power = binaryPower;
                isBinary = true;
                return true;
            }
        }

        if (suffix.Length == 1)
        {
            foreach (var (name, decimalPower) in Decimal)
            {
                if (suffix[0] == name)
                {
                    power = decimalPower;
                    return true;
                }
            }

            return false;
        }

        return suffix[0] is 'e' or 'E'
            && int.TryParse(suffix[1..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out power) && Math.Abs(power) <= 18;
    }

    private static bool IsExponentForm(string written) =>
        written.Length > 1 && written.AsSpan(0, written.Length - 1).IndexOfAny('e', 'E') > 0;

    private static string SuffixOf(int power)
    {
        foreach (var (suffix, candidate) in Decimal)
        {
            if (candidate == power)
                return suffix.ToString();
        }

        return "";
    }

    private static BigInteger DivideRoundingUp(BigInteger value, BigInteger divisor) => (value + divisor - 1) / divisor;

    private static long Ceiling(Int128 value, long unit)
    {
        var quotient = value / unit;
        if (value > 0 && value % unit != 0)
            quotient++;
        return quotient > long.MaxValue ? long.MaxValue : quotient < long.MinValue ? long.MinValue : (long)quotient;
    }
}

internal sealed class QuantityConverter : JsonConverter<Quantity>
{
    public override Quantity Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString();
        return Quantity.TryParse(text, out var quantity) ? quantity : throw new JsonException($"\"{text}\" is not a quantity");
    }

    public override void Write(Utf8JsonWriter writer, Quantity value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
