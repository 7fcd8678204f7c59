using System.Text;

namespace Orchestrator.Demo.Http;

/// <summary>A request's head (RFC 9112 section 3), as far as the demo needs it. Bodies are not read: parameters are in the query.</summary>
internal sealed record HttpRequest(string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers)
{
    public const int MaximumHeadBytes = 16 << 10;

    /// <summary>Browsers ask for HTML by name; curl and wget do not.</summary>
    public bool WantsHtml => Headers.TryGetValue("accept", out var accept) && accept.Contains("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Parses all up to the empty line; null when it is not HTTP/1.</summary>
    public static HttpRequest? Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.1" or "HTTP/1.0"])
            return null;
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1))
        {
            if (line.Length == 0)
                break;
            var colon = line.IndexOf(':');
            if (colon <= 0 || line[..colon].Contains(' '))
                return null;
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        var question = target.IndexOf('?');
        return question < 0
            ? new HttpRequest(method, Unescape(target), new Dictionary<string, string>(), headers)
            : new HttpRequest(method, Unescape(target[..question]), ParseQuery(target[(question + 1)..]), headers);
    }

    private static Dictionary<string, string> ParseQuery(string query)
    {
        var parameters = new Dictionary<string, string>();
        foreach (var part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=');
            parameters[Unescape(equals < 0 ? part : part[..equals])] = equals < 0 ? "" : Unescape(part[(equals + 1)..]);
        }

        return parameters;
    }

    private static string Unescape(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
