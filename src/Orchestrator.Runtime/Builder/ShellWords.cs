using System.Text;

namespace Orchestrator.Runtime.Builder;

/// <summary>
/// The little of shell syntax that Dockerfile instructions know: quotes, the escape character, $name, ${name}, ${name:-word}
/// and ${name:+word} (also without the colon).
/// </summary>
internal sealed class ShellWords(IReadOnlyDictionary<string, string> variables, char escape)
{
    private const int DepthLimit = 20;

    private readonly char escape = escape;

    /// <summary>Substitutes variables and removes quotes; blanks do not separate.</summary>
    /// <exception cref="InstructionException">Unknown modifier, or no closing brace or quote.</exception>
    public string Expand(string text) => new Scanner(this, text, 0).Word(breakAtBlank: false);

    /// <summary>The words of a text, each expanded. A variable's value is not split again.</summary>
    public List<string> Split(string text)
    {
        var words = new List<string>();
        var scanner = new Scanner(this, text, 0);
        while (scanner.SkipBlanks())
            words.Add(scanner.Word(breakAtBlank: true));
        return words;
    }

    /// <summary>Words as they stand, quotes kept.</summary>
    public List<string> SplitRaw(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == escape && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(c).Append(text[++i]);
                continue;
            }

            if (quote == '\0' && c is ' ' or '\t')
            {
                if (word.Length > 0)
                    words.Add(word.ToString());
                word.Clear();
                continue;
            }

            if (quote != '\0' ? c == quote : c is '\'' or '"')
                quote = quote == '\0' ? c : '\0';
            word.Append(c);
        }

        if (quote != '\0')
            throw new InstructionException($"no closing {quote}");
        if (word.Length > 0)
            words.Add(word.ToString());
        return words;
    }

    private sealed class Scanner(ShellWords owner, string text, int depth)
    {
        private int position;

        public bool SkipBlanks()
        {
            while (position < text.Length && text[position] is ' ' or '\t')
                position++;
            return position < text.Length;
        }

        public string Word(bool breakAtBlank)
        {
            if (depth > DepthLimit)
                throw new InstructionException("variables are nested too deeply");
            var word = new StringBuilder();
            while (position < text.Length)
            {
                var c = text[position];
                if (breakAtBlank && c is ' ' or '\t')
                    break;
                position++;
                if (c == '\'')
                    SingleQuoted(word);
                else if (c == '"')
                    DoubleQuoted(word);
                else if (c == '$')
                    word.Append(Variable());
                else if (c == owner.escape && position < text.Length)
                    word.Append(text[position++]);
                else
                    word.Append(c);
            }

            return word.ToString();
        }

        private void SingleQuoted(StringBuilder word)
        {
            var end = text.IndexOf('\'', position);
            if (end < 0)
                throw new InstructionException("no closing '");
            word.Append(text, position, end - position);
            position = end + 1;
        }

        private void DoubleQuoted(StringBuilder word)
        {
            while (position < text.Length)
            {
                var c = text[position++];
                if (c == '"')
                    return;
                if (c == '$')
                    word.Append(Variable());
                else if (c == owner.escape && position < text.Length && (text[position] is '"' or '$' || text[position] == owner.escape))
                    word.Append(text[position++]);
                else
                    word.Append(c);
            }

            throw new InstructionException("no closing \"");
        }

        private string Variable()
        {
            if (position < text.Length && text[position] == '{')
            {
                position++;
                return Braced();
            }

            var name = Name();
            return name.Length == 0 ? "$" : owner.Value(name) ?? "";
        }

        private string Braced()
        {
            var name = Name();
            var end = ClosingBrace();
            var rest = text[position..end];
            position = end + 1;
            if (name.Length == 0)
                throw new InstructionException($"bad substitution: ${{{rest}}}");
            var value = owner.Value(name);
            if (rest.Length == 0)
                return value ?? "";
            var colon = rest[0] == ':';
            var modifier = rest.Length > (colon ? 1 : 0) ? rest[colon ? 1 : 0] : '\0';
            var isSet = colon ? !string.IsNullOrEmpty(value) : value is not null;
            var word = rest[Math.Min(rest.Length, colon ? 2 : 1)..];
            return modifier switch
            {
                '-' => isSet ? value! : Nested(word),
                '+' => isSet ? Nested(word) : "",
                '?' => isSet ? value! : throw new InstructionException($"{name}: {(word.Length > 0 ? Nested(word) : "not set")}"),
                _ => throw new InstructionException($"unsupported modifier in ${{{name}{rest}}}"),
            };
        }

        private string Nested(string word) => new Scanner(owner, word, depth + 1).Word(breakAtBlank: false);

        private int ClosingBrace()
        {
            var level = 1;
            for (var i = position; i < text.Length; i++)
            {
                if (text[i] == '{')
                    level++;
                else if (text[i] == '}' && --level == 0)
                    return i;
            }

            throw new InstructionException("no closing } of a variable");
        }

        private string Name()
        {
            var start = position;
            while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] == '_')
                && !(position == start && char.IsAsciiDigit(text[position])))
                position++;
            return text[start..position];
        }
    }

    private string? Value(string name) => variables.GetValueOrDefault(name);
}
