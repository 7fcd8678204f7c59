using System.CommandLine;
using System.Text.RegularExpressions;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary>The options of every command that works on a lab of this machine.</summary>
internal sealed partial class LabOptions
{
    private const string DefaultName = "lab";
    private const string ReservedName = "ctr";

    private readonly Option<string> name = new("--name")
    {
        Description = "Name of the lab (where a lab must exist and only one does, that one)",
        DefaultValueFactory = _ => DefaultName,
    };

    private readonly Option<string> dataDirectory = new("--data-dir")
    {
        Description = "Where labs and images are kept",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ORC_DATA_DIR") ?? LabPaths.DefaultDataDirectory,
    };

    public void AddTo(Command command)
    {
        command.Options.Add(name);
        command.Options.Add(dataDirectory);
    }

    /// <exception cref="UserException">The name is not a DNS label of at most 32 characters.</exception>
    public LabPaths Paths(ParseResult parsed)
    {
        var lab = parsed.GetValue(name)!;
        if (!Label().IsMatch(lab))
            throw new UserException($"'{lab}' cannot name a lab: use lower-case letters, digits and '-', at most 32 characters", ExitCode.Usage);
        if (lab == ReservedName)
            throw new UserException($"'{lab}' cannot name a lab: it is where 'orc ctr' keeps its containers", ExitCode.Usage);
        return new LabPaths(Path.GetFullPath(parsed.GetValue(dataDirectory)!), lab);
    }

    /// <summary>The named lab; without a name "lab", or else the only one there is.</summary>
    /// <exception cref="UserException">There is no such lab.</exception>
    public (LabPaths Paths, LabDefinition Lab) Load(ParseResult parsed)
    {
        var paths = Paths(parsed);
        if (LabDefinition.TryLoad(paths) is { } lab)
            return (paths, lab);
        var others = LabPaths.LabsIn(paths.DataDirectory);
        if (others is [var only] && parsed.GetResult(name) is not { Implicit: false })
            paths = paths with { Lab = only };
        var known = others.Count > 0 ? $"labs there: {string.Join(", ", others)}" : $"start one with 'orc up --name {paths.Lab}'";
        return (paths, LabDefinition.TryLoad(paths) ?? throw new UserException($"there is no lab '{paths.Lab}' in {paths.DataDirectory}: {known}"));
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
    private static partial Regex Label();
}
