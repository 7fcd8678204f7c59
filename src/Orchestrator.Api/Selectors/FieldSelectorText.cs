using System.Text;

namespace Orchestrator.Api.Selectors;

/// <summary>One requirement of a field selector: a field equals, or does not equal, a value.</summary>
public readonly record struct FieldRequirement(string Field, bool Equal, string Value);

/// <summary>Field selectors in their text form: <c>spec.nodeName=node1,status.phase!=Running</c>. Immutable.</summary>
public sealed class FieldSelectorText
{
    public static readonly FieldSelectorText Everything = new([]);

    private FieldSelectorText(IReadOnlyList<FieldRequirement> requirements) => Requirements = requirements;

    public IReadOnlyList<FieldRequirement> Requirements { get; }

    public bool IsEmpty => Requirements.Count == 0;

    /// <exception cref="FormatException">The text is not a field selector.</exception>
    public static FieldSelectorText Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return Everything;
        var requirements = new List<FieldRequirement>();
        var start = 0;
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] == '\\')
                at++;
            else if (at == text.Length || text[at] == ',')
            {
                if (at > start)
                    requirements.Add(ParseTerm(text, text[start..at]));
                start = at + 1;
            }
        }

        return new(requirements);
    }

    /// <summary>The value a field must equal, or null when it is free.</summary>
    public string? RequiredValue(string field)
    {
        foreach (var requirement in Requirements)
        {
            if (requirement.Equal && requirement.Field == field)
                return requirement.Value;
        }

        return null;
    }

    private static FieldRequirement ParseTerm(string selector, string term)
    {
        for (var i = 0; i < term.Length; i++)
        {
            var rest = term.AsSpan(i);
            if (rest.StartsWith("!="))
                return new(term[..i], false, Unescape(term[(i + 2)..]));
            if (rest.StartsWith("=="))
                return new(term[..i], true, Unescape(term[(i + 2)..]));
            if (rest.StartsWith("="))
                return new(term[..i], true, Unescape(term[(i + 1)..]));
        }

        throw new FormatException($"invalid selector: '{selector}'; can't understand '{term}'");
    }

    private static string Unescape(string value)
    {
        if (!value.Contains('\\'))
            return value;
        var text = new StringBuilder();
        for (var i = 0; i < value.Length; i++)
            text.Append(value[i] == '\\' && i + 1 < value.Length ? value[++i] : value[i]);
        return text.ToString();
    }
}
