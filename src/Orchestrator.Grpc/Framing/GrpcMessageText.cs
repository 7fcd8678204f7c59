using System.Globalization;
using System.Text;

namespace Orchestrator.Grpc.Framing;

/// <summary>The <c>grpc-message</c> trailer: UTF-8 with percent escapes outside printable ASCII.</summary>
internal static class GrpcMessageText
{
    public static string Encode(string message)
    {
        var text = new StringBuilder(message.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (octet is >= 0x20 and <= 0x7e and not (byte)'%')
                text.Append((char)octet);
            else
                text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    /// <summary>A broken escape is left as it stands: half a message helps more than none.</summary>
    public static string Decode(string text)
    {
        if (!text.Contains('%'))
            return text;
        var octets = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                octets.AddRange(Encoding.UTF8.GetBytes(text.Substring(i, 1)));
            }
        }
        return Encoding.UTF8.GetString(octets.ToArray());
    }
}
