using System.CommandLine;
using Orchestrator.Cli.Containers;
using Orchestrator.Kubelet.Server.Logs;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr logs</c>: what a container has written.</summary>
internal static class ContainerLogsCommand
{
    public static Command Create()
    {
        var name = ContainerCommand.NameArgument();
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the container ends" };
        var tail = new Option<int?>("--tail") { Description = "Only the last lines" };
        var timestamps = new Option<bool>("--timestamps") { Description = "Put the time before each line" };
        var command = new Command("logs", "Print a container's output") { name, follow, tail, timestamps };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var container = await new LocalContainers(TimeProvider.System).OpenAsync(LocalContainers.Find(parsed.GetValue(name)!), cancellationToken);
            var status = await container.StatusAsync(cancellationToken);
            if (!File.Exists(status.LogPath))
                return ExitCode.Ok; // It was never started.
            var options = new ContainerLogOptions
            {
                Follow = parsed.GetValue(follow), TailLines = parsed.GetValue(tail), Timestamps = parsed.GetValue(timestamps),
            };
            await using var output = Console.OpenStandardOutput();
            await new ContainerLogReader(status.LogPath, options, TimeProvider.System).CopyToAsync(output, IsRunningAsync, cancellationToken);
            return ExitCode.Ok;

            async Task<bool> IsRunningAsync() => (await container.StatusAsync(cancellationToken)).State == ContainerState.Running;
        });
        return command;
    }
}
