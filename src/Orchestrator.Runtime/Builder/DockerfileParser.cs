using System.Text;
using System.Text.RegularExpressions;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Runtime.Builder;

/// <summary>Reads the syntax of Dockerfiles (Dockerfile reference, docs.docker.com): directives, comments, continued lines, heredocs, flags.</summary>
internal sealed partial class DockerfileParser
{
    private const int FileLimit = 1 << 20;

    private static readonly HashSet<string> keywords =
    [
        "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN",
        "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
    ];

    private readonly string file;
    private readonly string[] lines;
    private char escape = '\\';
    private int next;

    private DockerfileParser(string file, string text)
    {
        this.file = file;
        lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    /// <param name="file">For messages.</param>
    /// <exception cref="RuntimeException">InvalidArgument, with file and line.</exception>
    public static Dockerfile Parse(string file, string text)
    {
        if (text.Length > FileLimit)
            throw new RuntimeException(RuntimeError.InvalidArgument, $"{file}: a Dockerfile of {text.Length} characters is too long");
        var parser = new DockerfileParser(file, text.TrimStart('\uFEFF'));
        parser.ReadDirectives();
        var instructions = new List<DockerfileInstruction>();
        while (parser.ReadInstruction() is { } instruction)
            instructions.Add(instruction);
        return parser.Arrange(instructions);
    }

    private Dockerfile Arrange(List<DockerfileInstruction> instructions)
    {
        var global = instructions.TakeWhile(i => i.Keyword == "ARG").ToList();
        var stages = new List<DockerfileStage>();
        List<DockerfileInstruction>? body = null;
        foreach (var instruction in instructions.Skip(global.Count))
        {
            if (instruction.Keyword == "FROM")
            {
                body = [];
                stages.Add(ParseFrom(instruction, stages.Count, body));
            }
            else if (body is null)
            {
                throw BuildFailure.At(file, instruction.Line, $"{instruction.Keyword} before the first FROM");
            }
            else
            {
                body.Add(instruction);
            }
        }

        return stages.Count > 0
            ? new Dockerfile(file, global, stages, escape)
            : throw new RuntimeException(RuntimeError.InvalidArgument, $"{file}: there is no FROM instruction");
    }

    private DockerfileStage ParseFrom(DockerfileInstruction from, int index, List<DockerfileInstruction> body)
    {
        var words = from.Arguments.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words is not ([_] or [_, _, _]) || (words.Length == 3 && !words[1].Equals("as", StringComparison.OrdinalIgnoreCase)))
            throw BuildFailure.At(file, from.Line, "FROM needs an image or stage, optionally followed by \"AS name\"");
        var name = words.Length == 3 ? words[2].ToLowerInvariant() : null;
        if (name is not null && !StageName().IsMatch(name))
            throw BuildFailure.At(file, from.Line, $"\"{words[2]}\" is not a stage name (letters, digits, '-', '_' and '.', a letter first)");
        return new DockerfileStage(index, words[0], name, from.Flag("platform"), from.Line, body);
    }

    /// <summary>"# escape=`" and "# syntax=…" count only at the very top.</summary>
    private void ReadDirectives()
    {
        while (next < lines.Length && DirectivePattern().Match(lines[next]) is { Success: true } match)
        {
            if (match.Groups["key"].Value.Equals("escape", StringComparison.OrdinalIgnoreCase))
            {
                escape = match.Groups["value"].Value is "`" or "\\"
                    ? match.Groups["value"].Value[0]
                    : throw BuildFailure.At(file, next + 1, "the escape character must be \\ or `");
            }

            next++;
        }
    }

    private DockerfileInstruction? ReadInstruction()
    {
        while (next < lines.Length && IsBlankOrComment(lines[next]))
            next++;
        if (next == lines.Length)
            return null;
        var line = next + 1;
        var text = ReadLogicalLine();
        var space = text.AsSpan().IndexOfAny(' ', '\t');
        var keyword = (space < 0 ? text : text[..space]).ToUpperInvariant();
        if (!keywords.Contains(keyword))
            throw BuildFailure.At(file, line, $"unknown instruction: {keyword}");
        var rest = space < 0 ? "" : text[space..].Trim();
        var flags = ReadFlags(ref rest, line, keyword);
        if (rest.Length == 0)
            throw BuildFailure.At(file, line, $"{keyword} needs arguments");
        var heredocs = keyword is "RUN" or "COPY" or "ADD" ? ReadHeredocs(rest, line) : [];
        return new DockerfileInstruction(keyword, flags, rest, heredocs, line);
    }

    /// <summary>Joins continued lines. Comment lines and empty lines in between do not end the instruction.</summary>
    private string ReadLogicalLine()
    {
        var text = new StringBuilder();
        while (next < lines.Length)
        {
            var line = lines[next++];
            if (text.Length > 0 && IsBlankOrComment(line))
                continue;
            var trimmed = line.TrimEnd();
            if (trimmed.Length == 0 || trimmed[^1] != escape)
            {
                text.Append(text.Length == 0 ? line.Trim() : line.TrimEnd());
                break;
            }

            text.Append(text.Length == 0 ? trimmed[..^1].TrimStart() : trimmed[..^1]);
        }

        return text.ToString();
    }

    private List<KeyValuePair<string, string>> ReadFlags(ref string rest, int line, string keyword)
    {
        var flags = new List<KeyValuePair<string, string>>();
        // A command may well begin with "--" after all its flags: only these instructions have any.
        while (keyword is "FROM" or "COPY" or "ADD" or "RUN" or "HEALTHCHECK" && FlagPattern().Match(rest) is { Success: true } match)
        {
            flags.Add(new(match.Groups["key"].Value, match.Groups["value"].Value));
            rest = rest[match.Length..].TrimStart();
        }

        CheckFlags(flags, line, keyword);
        return flags;
    }

    private void CheckFlags(List<KeyValuePair<string, string>> flags, int line, string keyword)
    {
        foreach (var (key, value) in flags)
        {
            var known = (keyword, key) switch
            {
                ("FROM", "platform") => true,
                ("COPY", "from" or "chown" or "chmod" or "link") => true,
                ("ADD", "chown" or "chmod" or "link") => true,
                ("RUN", "network") => value is "default" or "host" or "none",
                ("HEALTHCHECK", _) => true,
                _ => false,
            };
            if (!known)
                throw BuildFailure.At(file, line, $"{keyword} --{key}{(value.Length > 0 ? "=" + value : "")} is not supported");
        }
    }

    private List<Heredoc> ReadHeredocs(string arguments, int line)
    {
        var heredocs = new List<Heredoc>();
        foreach (Match match in HeredocPattern().Matches(arguments))
        {
            var word = match.Groups["word"].Value;
            var content = new StringBuilder();
            while (true)
            {
                if (next == lines.Length)
                    throw BuildFailure.At(file, line, $"the heredoc <<{word} has no end");
                var text = lines[next++];
                if (match.Groups["tabs"].Length > 0)
                    text = text.TrimStart('\t');
                if (text == word)
                    break;
                content.Append(text).Append('\n');
            }

            heredocs.Add(new Heredoc(word, content.ToString(), match.Groups["quote"].Length == 0));
        }

        return heredocs;
    }

    private static bool IsBlankOrComment(string line)
    {
        var trimmed = line.AsSpan().TrimStart();
        return trimmed.Length == 0 || trimmed[0] == '#';
    }

    [GeneratedRegex(@"^#\s*(?<key>[a-zA-Z]+)\s*=\s*(?<value>\S+)\s*$")]
    private static partial Regex DirectivePattern();

    [GeneratedRegex(@"^--(?<key>[a-z][a-z-]*)(?:=(?<value>\S*))?(?=\s|$)")]
    private static partial Regex FlagPattern();

    [GeneratedRegex(@"(?<=^|\s)\d*<<(?<tabs>-?)(?<quote>[""']?)(?<word>[a-zA-Z_][a-zA-Z0-9_]*)\k<quote>(?=\s|$)")]
    internal static partial Regex HeredocPattern();

    [GeneratedRegex(@"^[a-z][a-z0-9-_.]*$")]
    private static partial Regex StageName();
}
