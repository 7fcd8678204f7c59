using System.Globalization;

namespace Orchestrator.Api.Selectors;

/// <summary>
/// The grammar of label selectors in queries: comma-separated requirements, each <c>key</c>, <c>!key</c>, <c>key=v</c>,
/// <c>key==v</c>, <c>key!=v</c>, <c>key in (a,b)</c>, <c>key notin (a,b)</c>, <c>key&gt;1</c> or <c>key&lt;1</c>.
/// </summary>
internal ref struct LabelSelectorParser
{
    private readonly string text;
    private int position;

    private LabelSelectorParser(string text) => this.text = text;

    public static LabelMatcher Parse(string text)
    {
        var parser = new LabelSelectorParser(text);
        var requirements = parser.ParseAll();
        return requirements.Count == 0 ? LabelMatcher.Everything : new LabelMatcher(requirements);
    }

    private List<LabelRequirement> ParseAll()
    {
        var all = new List<LabelRequirement>();
        SkipSpace();
        if (AtEnd)
            return all;
        do
            all.Add(ParseRequirement());
        while (TryTake(","));
        if (!AtEnd)
            throw Unexpected("expected ',' or the end");
        return all;
    }

    private LabelRequirement ParseRequirement()
    {
        if (TryTake("!"))
            return new(TakeKey(), LabelOperator.DoesNotExist, []);
        var key = TakeKey();
        if (TryTake("==") || TryTake("="))
            return new(key, LabelOperator.In, [TakeWord()]);
        if (TryTake("!="))
            return new(key, LabelOperator.NotIn, [TakeWord()]);
        if (TryTake(">"))
            return new(key, LabelOperator.GreaterThan, [TakeNumber()]);
        if (TryTake("<"))
            return new(key, LabelOperator.LessThan, [TakeNumber()]);
        if (AtEnd || text[position] == ',')
            return new(key, LabelOperator.Exists, []);
        return TakeWord() switch
        {
            "in" => new(key, LabelOperator.In, TakeSet()),
            "notin" => new(key, LabelOperator.NotIn, TakeSet()),
            var other => throw Unexpected($"found '{other}', expected: in, notin, =, ==, !=, gt, lt"),
        };
    }

    private List<string> TakeSet()
    {
        if (!TryTake("("))
            throw Unexpected("expected '('");
        var values = new List<string>();
        do
            values.Add(TakeWord());
        while (TryTake(","));
        if (!TryTake(")"))
            throw Unexpected("expected ')'");
        return values;
    }

    private string TakeKey() => TakeWord() is { Length: > 0 } key ? key : throw Unexpected("expected a label's name");

    private string TakeNumber() =>
        TakeWord() is var word && long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? word
            : throw Unexpected($"for 'Gt', 'Lt' operators, the value must be an integer, found '{word}'");

    private string TakeWord()
    {
        SkipSpace();
        var start = position;
        while (!AtEnd && !IsSpecial(text[position]))
            position++;
        var word = text[start..position];
        SkipSpace();
        return word;
    }

    private bool TryTake(string symbol)
    {
        SkipSpace();
        if (!text.AsSpan(position).StartsWith(symbol, StringComparison.Ordinal))
            return false;
        position += symbol.Length;
        return true;
    }

    private void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(text[position]))
            position++;
    }

    private readonly bool AtEnd => position >= text.Length;

    private static bool IsSpecial(char c) => char.IsWhiteSpace(c) || c is '=' or '!' or '(' or ')' or ',' or '>' or '<';

    private readonly FormatException Unexpected(string problem) => new($"unable to parse requirement: {problem} at position {position} of '{text}'");
}
