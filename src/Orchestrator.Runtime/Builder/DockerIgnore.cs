using System.Text;
using System.Text.RegularExpressions;

namespace Orchestrator.Runtime.Builder;

/// <summary>The patterns of a .dockerignore file (docs.docker.com, build context): the last one that matches a path decides.</summary>
internal sealed class DockerIgnore
{
    private readonly List<(Regex Pattern, bool Keeps)> rules = [];

    public static DockerIgnore None { get; } = new();

    /// <summary>Whether some pattern takes back an exclusion, so that an excluded directory must still be looked into.</summary>
    public bool HasExceptions { get; private set; }

    public static DockerIgnore Parse(string text)
    {
        var ignore = new DockerIgnore();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var pattern = line.Trim();
            if (pattern.Length == 0 || line.StartsWith('#'))
                continue;
            var keeps = pattern[0] == '!';
            pattern = string.Join('/', (keeps ? pattern[1..].Trim() : pattern).Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."));
            if (pattern.Length == 0)
                continue;
            ignore.rules.Add((PathPattern.ToRegex(pattern, matchesBelow: true), keeps));
            ignore.HasExceptions |= keeps;
        }

        return ignore;
    }

    /// <param name="path">Relative to the context, '/' between names.</param>
    public bool Excludes(string path)
    {
        var excluded = false;
        foreach (var (pattern, keeps) in rules)
        {
            if (excluded == keeps && pattern.IsMatch(path))
                excluded = !keeps;
        }

        return excluded;
    }
}

/// <summary>Patterns with '*', '?', '[…]' and, as a whole name, '**'.</summary>
internal static class PathPattern
{
    public static bool HasWildcards(string text) => text.AsSpan().ContainsAny("*?[");

    /// <param name="matchesBelow">Whether a pattern that matches a directory matches all below it too.</param>
    public static Regex ToRegex(string pattern, bool matchesBelow)
    {
        var regex = new StringBuilder("^");
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '*' when i + 1 < pattern.Length && pattern[i + 1] == '*':
                    i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == '/')
                    {
                        i++;
                        regex.Append("(?:.*/)?");
                    }
                    else
                    {
                        regex.Append(".*");
                    }

                    break;
                case '*':
                    regex.Append("[^/]*");
                    break;
                case '?':
                    regex.Append("[^/]");
                    break;
                case '[' when pattern.IndexOf(']', i + 1) is var end and > 0:
                    var set = pattern[(i + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal);
                    regex.Append('[').Append(set[0] is '^' or '!' ? "^" + set[1..] : set).Append(']');
                    i = end;
                    break;
                case '\\' when i + 1 < pattern.Length:
                    regex.Append(Regex.Escape(pattern[++i].ToString()));
                    break;
                default:
                    regex.Append(Regex.Escape(c.ToString()));
                    break;
            }
        }

        // Without backtracking no pattern, however strange, takes long.
        return new Regex(regex.Append(matchesBelow ? "(?:/.*)?$" : "$").ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }
}
