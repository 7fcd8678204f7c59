using System.CommandLine;
using System.Text.RegularExpressions;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary>The options of every command that works on a lab of this machine.</summary>
internal sealed partial class LabOptions
{
    private const string ReservedName = "ctr";

    private readonly Option<string> name = new("--name") { Description = "Name of the lab", DefaultValueFactory = _ => "lab" };
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

    /// <exception cref="UserException">There is no such lab.</exception>
    public (LabPaths Paths, LabDefinition Lab) Load(ParseResult parsed)
    {
        var paths = Paths(parsed);
        return (paths, LabDefinition.TryLoad(paths) ?? throw new UserException($"there is no lab '{paths.Lab}' in {paths.DataDirectory}: start one with 'orc up --name {paths.Lab}'"));
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$")]
    private static partial Regex Label();
}
