using System.Net.Http.Headers;

namespace Orchestrator.Runtime.Registry;

/// <summary>What a registry asks for when it answers 401 (RFC 9110 section 11.6.1, distribution's token specification).</summary>
internal sealed record AuthenticationChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The challenge to answer: a token if possible, else a password; null when neither is asked for.</summary>
    public static AuthenticationChallenge? Choose(IEnumerable<AuthenticationHeaderValue> headers)
    {
        var challenges = headers.Select(h => new AuthenticationChallenge(h.Scheme.ToLowerInvariant(), Parse(h.Parameter ?? ""))).ToList();
        return challenges.FirstOrDefault(c => c.Scheme == "bearer" && c.Parameters.ContainsKey("realm"))
            ?? challenges.FirstOrDefault(c => c.Scheme == "basic");
    }

    /// <summary>name="value", name=value, …; values may contain commas inside quotes.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        while (position < text.Length)
        {
            var equals = text.IndexOf('=', position);
            if (equals < 0)
                break;
            var name = text[position..equals].Trim(' ', ',');
            position = equals + 1;
            string value;
            if (position < text.Length && text[position] == '"')
            {
                var end = text.IndexOf('"', position + 1);
                if (end < 0)
                    break;
                value = text[(position + 1)..end];
                position = end + 1;
            }
            else
            {
                var end = text.IndexOf(',', position);
                value = text[position..(end < 0 ? text.Length : end)].Trim();
                position = end < 0 ? text.Length : end;
            }

            parameters[name] = value;
        }

        return parameters;
    }
}
