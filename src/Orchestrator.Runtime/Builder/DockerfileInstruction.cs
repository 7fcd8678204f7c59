namespace Orchestrator.Runtime.Builder;

/// <summary>An inline file: "RUN &lt;&lt;EOF" and the lines up to EOF.</summary>
/// <param name="Expand">Whether variables in it are substituted, which quoting the word turns off.</param>
internal sealed record Heredoc(string Word, string Content, bool Expand);

/// <summary>One instruction of a Dockerfile, lines joined, comments gone, variables not yet substituted.</summary>
/// <param name="Keyword">Upper case.</param>
/// <param name="Line">Where it begins, from 1.</param>
internal sealed record DockerfileInstruction(
    string Keyword, IReadOnlyList<KeyValuePair<string, string>> Flags, string Arguments, IReadOnlyList<Heredoc> Heredocs, int Line)
{
    public string? Flag(string name) => Flags.LastOrDefault(f => f.Key == name) is { Key: not null } flag ? flag.Value : null;

    /// <summary>As a person would write it on one line.</summary>
    public override string ToString() =>
        string.Join(' ', new[] { Keyword }.Concat(Flags.Select(f => $"--{f.Key}={f.Value}")).Append(Arguments)).TrimEnd();
}

/// <summary>One "FROM" and what follows it.</summary>
/// <param name="Name">After AS, lower case; null without.</param>
/// <param name="Source">The image or stage, variables not yet substituted.</param>
internal sealed record DockerfileStage(int Index, string Source, string? Name, string? Platform, int Line, IReadOnlyList<DockerfileInstruction> Instructions)
{
    public string Title => Name ?? $"stage-{Index}";
}

/// <param name="GlobalArguments">"ARG" before the first "FROM".</param>
/// <param name="Escape">The character that continues lines.</param>
internal sealed record Dockerfile(string Path, IReadOnlyList<DockerfileInstruction> GlobalArguments, IReadOnlyList<DockerfileStage> Stages, char Escape);
