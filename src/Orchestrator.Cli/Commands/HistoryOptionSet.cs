using System.CommandLine;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary>The options that say how much history the store keeps.</summary>
internal sealed class HistoryOptionSet
{
    private readonly Option<string?> age = new("--history-age") { Description = "How long what was is kept, for reads of the past and causes, e.g. 2h (default 24h)" };
    private readonly Option<string?> size = new("--history-size") { Description = "How much it may take beside what is, e.g. 2Gi (default 512Mi)" };

    public void AddTo(Command command)
    {
        command.Options.Add(age);
        command.Options.Add(size);
    }

    /// <exception cref="UserException">No duration, no size, or so little that watches could not go on.</exception>
    public LabHistory Read(ParseResult parsed)
    {
        var history = new LabHistory(parsed.GetValue(age), parsed.GetValue(size));
        _ = history.Policy;
        return history;
    }
}
