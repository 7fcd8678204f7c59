using System.CommandLine;
using Orchestrator.Cli.Containers;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr rm</c>: removes containers with their writable layers and logs.</summary>
internal static class ContainerRemoveCommand
{
    public static Command Create()
    {
        var names = ContainerCommand.NamesArgument();
        var force = new Option<bool>("--force", "-f") { Description = "Kill those that run" };
        var command = new Command("rm", "Remove containers") { names, force };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var containers = new LocalContainers(TimeProvider.System);
            foreach (var record in parsed.GetValue(names)!.Select(LocalContainers.Find).ToList())
            {
                if (!parsed.GetValue(force) && await IsRunningAsync(containers, record, cancellationToken))
                    throw new UserException($"container '{record.Name}' is running: stop it with 'orc ctr stop {record.Name}', or kill and remove it with 'orc ctr rm -f {record.Name}'");
                await containers.RemoveAsync(record);
                Console.Out.WriteLine(record.Name);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task<bool> IsRunningAsync(LocalContainers containers, LocalContainerRecord record, CancellationToken cancellationToken)
    {
        using var container = await containers.OpenAsync(record, cancellationToken);
        return (await container.StatusAsync(cancellationToken)).State == ContainerState.Running;
    }
}
