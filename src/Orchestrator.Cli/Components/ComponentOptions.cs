using System.CommandLine;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Cli.Components;

/// <summary>Options that every long-running component has.</summary>
internal sealed class ComponentOptions
{
    private readonly Option<string?> detachLog = new("--detach-log") { Description = "Leave the terminal and write the log to this file" };
    private readonly Option<string?> pidFile = new("--pid-file") { Description = "Note the process id in this file" };
    private readonly Option<LogLevel> logLevel = new("--log-level") { Description = "Least level that is logged", DefaultValueFactory = _ => LogLevel.Information };

    public void AddTo(Command command)
    {
        command.Options.Add(detachLog);
        command.Options.Add(pidFile);
        command.Options.Add(logLevel);
    }

    public ComponentSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(detachLog), parsed.GetValue(pidFile), parsed.GetValue(logLevel));
}

internal sealed record ComponentSettings(string? DetachLog, string? PidFile, LogLevel LogLevel);
