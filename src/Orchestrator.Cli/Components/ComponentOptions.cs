using System.CommandLine;
using Microsoft.Extensions.Logging;
using Orchestrator.Linux;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Cli.Components;

/// <summary>Options that every long-running component has.</summary>
internal sealed class ComponentOptions
{
    private const string DetachLogName = "--detach-log";

    private readonly Option<string?> detachLog = new(DetachLogName) { Description = "Leave the terminal and write the log to this file" };
    private readonly Option<string?> pidFile = new("--pid-file") { Description = "Note the process id in this file" };
    private readonly Option<LogLevel> logLevel = new("--log-level") { Description = "Least level that is logged", DefaultValueFactory = _ => LogLevel.Information };

    /// <summary>Leaves the terminal when the arguments say so. To be called before anything uses the console.</summary>
    /// <exception cref="LinuxException">The log file cannot be opened.</exception>
    public static void DetachIfAsked(string[] arguments)
    {
        var index = Array.IndexOf(arguments, DetachLogName);
        if (index >= 0 && index + 1 < arguments.Length)
            Session.Detach(arguments[index + 1]);
    }

    public void AddTo(Command command)
    {
        command.Options.Add(detachLog);
        command.Options.Add(pidFile);
        command.Options.Add(logLevel);
    }

    public ComponentSettings Read(ParseResult parsed) =>
        new(parsed.GetValue(detachLog) is not null, parsed.GetValue(pidFile), parsed.GetValue(logLevel));
}

internal sealed record ComponentSettings(bool IsDetached, string? PidFile, LogLevel LogLevel);
