using System.Text;

namespace Orchestrator.Kubelet.Containers;

/// <summary>$(NAME) references in commands, arguments and environment values. $$ is a literal $; an unknown name stays as written.</summary>
internal static class VariableExpansion
{
    public static string Expand(string input, Func<string, string?> lookup) => Expand(input, lookup, out _);

    /// <param name="missing">The first name that was not found, if any.</param>
    public static string Expand(string input, Func<string, string?> lookup, out string? missing)
    {
        missing = null;
        if (!input.Contains('$', StringComparison.Ordinal))
            return input;
        var result = new StringBuilder(input.Length);
        for (var i = 0; i < input.Length; i++)
        {
            if (input[i] != '$' || i + 1 == input.Length)
                result.Append(input[i]);
            else if (input[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (input[i + 1] == '(' && input.IndexOf(')', i + 2) is var end && end >= 0)
            {
                var name = input[(i + 2)..end];
                if (lookup(name) is { } value)
                    result.Append(value);
                else
                {
                    missing ??= name;
                    result.Append("$(").Append(name).Append(')');
                }

                i = end;
            }
            else
                result.Append('$');
        }

        return result.ToString();
    }
}
