using System.Buffers.Binary;
using System.Text;

namespace Orchestrator.Dns.Messages;

/// <summary>
/// Names between wire form and text. Text is lower case, without the last dot; bytes that do not belong into a host name are
/// written as \DDD (RFC 4343), so that a dot inside a label is never mistaken for one between labels.
/// </summary>
public static class DnsName
{
    /// <summary>Reads the name at <paramref name="offset"/> and moves it behind the name; false if it is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, out string name)
    {
        var text = new StringBuilder(64);
        var position = offset;
        var length = 0;
        var lowest = offset;
        var jumped = false;
        name = "";
        for (var hops = 0; position < message.Length;)
        {
            var head = message[position];
            if (head == 0)
            {
                if (!jumped)
                    offset = position + 1;
                name = text.ToString();
                return true;
            }
            if ((head & 0xc0) == 0xc0)
            {
                if (position + 1 >= message.Length || ++hops > DnsLimits.PointerHops)
                    return false;
                var target = BinaryPrimitives.ReadUInt16BigEndian(message[position..]) & 0x3fff;
                if (target >= lowest)
                    return false;
                if (!jumped)
                    offset = position + 2;
                jumped = true;
                lowest = position = target;
                continue;
            }
            length += head + 1;
            if ((head & 0xc0) != 0 || length >= DnsLimits.LongestName || position + 1 + head > message.Length)
                return false;
            AppendLabel(text, message.Slice(position + 1, head));
            position += head + 1;
        }
        return false;
    }

    /// <summary>Splits text into labels as bytes; false if one is empty or too long, or the whole is.</summary>
    public static bool TryEncode(string name, Span<byte> destination, out int length)
    {
        length = 0;
        if (name.Length == 0 || name == ".")
        {
            destination[0] = 0;
            length = 1;
            return true;
        }
        var labelStart = 0;
        length = 1;
        for (var i = 0; i <= name.Length; i++)
        {
            if (i == name.Length || name[i] == '.')
            {
                var labelLength = length - labelStart - 1;
                if (i == name.Length && labelLength == 0 && labelStart > 0)
                    break;
                if (labelLength is 0 or > DnsLimits.LongestLabel || length >= DnsLimits.LongestName || length >= destination.Length)
                    return false;
                destination[labelStart] = (byte)labelLength;
                labelStart = length++;
                continue;
            }
            var value = name[i];
            if (value == '\\' && i + 3 < name.Length && byte.TryParse(name.AsSpan(i + 1, 3), out var escaped))
            {
                value = (char)escaped;
                i += 3;
            }
            if (value > 255 || length >= destination.Length || length >= DnsLimits.LongestName)
                return false;
            destination[length++] = (byte)value;
        }
        destination[labelStart] = 0;
        length = labelStart + 1;
        return true;
    }

    private static void AppendLabel(StringBuilder text, ReadOnlySpan<byte> label)
    {
        if (text.Length > 0)
            text.Append('.');
        foreach (var value in label)
        {
            if (value is (>= (byte)'A' and <= (byte)'Z'))
                text.Append((char)(value + 32));
            else if (value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_')
                text.Append((char)value);
            else
                text.Append('\\').Append((char)('0' + (value / 100))).Append((char)('0' + (value / 10 % 10))).Append((char)('0' + (value % 10)));
        }
    }
}
