using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Runtime.Builder;

/// <summary>Applies instructions to a stage. This part: those that change the configuration only.</summary>
internal sealed partial class InstructionRunner(
    BuildSession session, ImageStore store, IBuildContainerRunner? runner, BuildOutput output, char escape)
{
    /// <returns>Whether the step's layer was taken from the cache.</returns>
    public async Task<bool> ApplyAsync(DockerfileStage stage, StageState state, DockerfileInstruction instruction, CancellationToken cancellationToken)
    {
        switch (instruction.Keyword)
        {
            case "COPY":
            case "ADD":
                return await CopyAsync(stage, state, instruction, cancellationToken);
            case "RUN":
                return await RunAsync(state, instruction, cancellationToken);
            case "WORKDIR":
                return await ChangeDirectoryAsync(state, instruction, cancellationToken);
            case "ARG":
                DeclareArguments(state, instruction);
                return false;
            case "HEALTHCHECK":
                output.Note("HEALTHCHECK is ignored: Kubernetes has probes instead");
                return false;
            case "ONBUILD":
                throw new InstructionException("is not supported: write the instructions where they are to run");
            default:
                Configure(state, instruction);
                state.Advance(instruction.Keyword, instruction.Arguments, string.Join('\n', state.Arguments));
                state.Config.AddHistory(instruction.ToString(), state.Created, isEmpty: true);
                return false;
        }
    }

    /// <summary>"NAME=value", or a name alone.</summary>
    public static (string Name, string? Value) SplitPair(string text)
    {
        var equals = text.IndexOf('=');
        var name = equals < 0 ? text : text[..equals];
        return NamePattern().IsMatch(name) ? (name, equals < 0 ? null : text[(equals + 1)..]) : throw new InstructionException($"\"{name}\" is not a name");
    }

    private void Configure(StageState state, DockerfileInstruction instruction)
    {
        var words = new ShellWords(state.Variables(), escape);
        var text = instruction.Arguments;
        switch (instruction.Keyword)
        {
            case "ENV":
                foreach (var (name, value) in Pairs(text, words))
                    state.Config.SetEnvironment(name, value);
                break;
            case "LABEL":
                foreach (var (name, value) in Pairs(text, words))
                    state.Config.SetLabel(name, value);
                break;
            case "USER":
                state.Config.User = words.Expand(text);
                break;
            case "EXPOSE":
                foreach (var port in words.Split(text).SelectMany(Ports))
                    state.Config.AddPort(port);
                break;
            case "VOLUME":
                foreach (var volume in JsonList(text) ?? words.Split(text))
                    state.Config.AddVolume(volume);
                break;
            case "STOPSIGNAL":
                state.Config.StopSignal = words.Expand(text);
                break;
            case "SHELL":
                state.Config.Shell = JsonList(text) is { Count: > 0 } shell ? shell : throw new InstructionException("needs a JSON list: SHELL [\"/bin/bash\", \"-c\"]");
                break;
            case "CMD":
                state.Config.Command = CommandLine(state, text);
                state.HasOwnCommand = true;
                break;
            case "ENTRYPOINT":
                state.Config.Entrypoint = CommandLine(state, text);
                // The base image's arguments were meant for its own entry point.
                if (!state.HasOwnCommand)
                    state.Config.Command = null;
                break;
            case "MAINTAINER":
                state.Config.Author = text;
                break;
            default:
                throw new InstructionException("is not allowed here");
        }
    }

    private void DeclareArguments(StageState state, DockerfileInstruction instruction)
    {
        var words = new ShellWords(state.Variables(), escape);
        foreach (var declaration in words.SplitRaw(instruction.Arguments))
        {
            var (name, standard) = SplitPair(declaration);
            if (session.Argument(name, standard is null ? null : words.Expand(standard)) is { } value)
                state.Arguments[name] = value;
        }
    }

    /// <summary>"a=1 b='2 3'", or the old form "a all the rest".</summary>
    private static IEnumerable<(string Name, string Value)> Pairs(string text, ShellWords words)
    {
        var raw = words.SplitRaw(text);
        if (!raw[0].Contains('='))
        {
            var space = text.AsSpan().IndexOfAny(' ', '\t');
            if (space < 0)
                throw new InstructionException($"\"{text}\" has no value: write NAME=value");
            return [(words.Expand(raw[0]), words.Expand(text[space..].Trim()))];
        }

        return raw.Select(pair =>
        {
            var equals = pair.IndexOf('=');
            return equals > 0 ? (words.Expand(pair[..equals]), words.Expand(pair[(equals + 1)..])) : throw new InstructionException($"\"{pair}\" is not NAME=value");
        }).ToList();
    }

    private static IReadOnlyList<string> CommandLine(StageState state, string text) => JsonList(text) ?? [.. state.Config.Shell, text];

    /// <summary>The words of a JSON list of strings; null when it is something else, which then is text for the shell.</summary>
    private static List<string>? JsonList(string text)
    {
        if (!text.StartsWith('['))
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.EnumerateArray().Select(e => e.GetString()!).ToList();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>"80", "80/udp" or "8000-8002".</summary>
    private static IEnumerable<string> Ports(string text)
    {
        var match = PortPattern().Match(text);
        if (!match.Success)
            throw new InstructionException($"\"{text}\" is not a port");
        var first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        var last = match.Groups["last"].Success ? int.Parse(match.Groups["last"].Value, CultureInfo.InvariantCulture) : first;
        if (first is 0 or > 65535 || last > 65535 || last < first)
            throw new InstructionException($"\"{text}\" is not a port");
        var protocol = match.Groups["protocol"].Success ? match.Groups["protocol"].Value.ToLowerInvariant() : "tcp";
        return Enumerable.Range(first, last - first + 1).Select(port => $"{port}/{protocol}");
    }

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^(?<first>\d{1,5})(?:-(?<last>\d{1,5}))?(?:/(?<protocol>tcp|udp|sctp))?$", RegexOptions.IgnoreCase)]
    private static partial Regex PortPattern();
}
