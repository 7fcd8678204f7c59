using System.CommandLine;
using Orchestrator.Cli.Containers;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr stop</c>: asks containers to end, and kills those that do not.</summary>
internal static class ContainerStopCommand
{
    public static Command Create()
    {
        var names = ContainerCommand.NamesArgument();
        var grace = new Option<string>("--time", "-t") { Description = "How long a container may take before it is killed", DefaultValueFactory = _ => "10s" };
        var command = new Command("stop", "Stop containers") { names, grace };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var patience = Durations.Parse(parsed.GetValue(grace)!);
            var containers = new LocalContainers(TimeProvider.System);
            await Task.WhenAll(parsed.GetValue(names)!.Select(LocalContainers.Find).ToList().Select(async record =>
            {
                using (var container = await containers.OpenAsync(record, cancellationToken))
                    await container.Runtime.StopContainerAsync(record.ContainerId, patience, cancellationToken);
                if (record.RemoveWhenEnded)
                    await containers.RemoveAsync(record);
                Console.Out.WriteLine(record.Name);
            }));
            return ExitCode.Ok;
        });
        return command;
    }
}
