using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr ps</c>: the containers of this machine, ended ones too.</summary>
internal static class ContainerListCommand
{
    public static Command Create()
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print names only" };
        var command = new Command("ps", "List the containers, ended ones too") { quiet };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var time = TimeProvider.System;
            var containers = new LocalContainers(time);
            var rows = new List<IReadOnlyList<string>>();
            foreach (var record in LocalContainers.List())
            {
                ContainerStatus status;
                using (var container = await containers.OpenAsync(record, cancellationToken))
                    status = await container.StatusAsync(cancellationToken);
                if (status.State == ContainerState.Exited && record.RemoveWhenEnded)
                    await containers.RemoveAsync(record);
                else
                    rows.Add(Row(record, status, time.GetUtcNow()));
            }

            if (parsed.GetValue(quiet))
                rows.ForEach(row => Console.Out.WriteLine(row[0]));
            else
                TextTable.Write(Console.Out, ["NAME", "ID", "IMAGE", "COMMAND", "STATE", "PID", "AGE"], rows);
            return ExitCode.Ok;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(LocalContainerRecord record, ContainerStatus status, DateTimeOffset now) =>
    [
        record.Name, status.Id[..12], record.Image, record.Command.Count == 0 ? "<image's>" : Shorten(string.Join(' ', record.Command)), Describe(status),
        status.Pid == 0 ? "-" : status.Pid.ToString(CultureInfo.InvariantCulture), Age(now - status.CreatedAt),
    ];

    private static string Describe(ContainerStatus status) => status.State switch
    {
        ContainerState.Exited => string.Create(CultureInfo.InvariantCulture, $"exited ({status.ExitCode})"),
        var state => state.ToString().ToLowerInvariant(),
    };

    private static string Shorten(string text)
    {
        const int most = 40;
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= most ? line : line[..(most - 1)] + "…";
    }

    private static string Age(TimeSpan age) => age switch
    {
        { TotalMinutes: < 2 } => $"{age.TotalSeconds:0}s",
        { TotalHours: < 2 } => $"{age.TotalMinutes:0}m",
        { TotalDays: < 2 } => $"{age.TotalHours:0}h",
        _ => $"{age.TotalDays:0}d",
    };
}
