using System.CommandLine;
using Orchestrator.Cli.Lab;
using Orchestrator.Client.Configuration;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc down</c>: takes a lab off the machine.</summary>
internal static class DownCommand
{
    public static Command Create()
    {
        var lab = new LabOptions();
        var purge = new Option<bool>("--purge") { Description = "Also delete the lab's state (and the images with the last lab)" };
        var command = new Command("down", "Stop a lab and remove its processes, links, rules, mounts and cgroups") { purge };
        lab.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var paths = lab.Paths(parsed);
            if (LabDefinition.TryLoad(paths) is not { } definition)
            {
                Console.Out.WriteLine($"There is no lab '{paths.Lab}' in {paths.DataDirectory}.");
                return ExitCode.Ok;
            }

            await new LabStopper(paths, definition, TimeProvider.System).StopAsync(parsed.GetValue(purge), cancellationToken);
            if (parsed.GetValue(purge))
                RemoveContext(definition);
            Console.Out.WriteLine(parsed.GetValue(purge)
                ? $"Lab '{paths.Lab}' is gone, with its state."
                : $"Lab '{paths.Lab}' is down; 'orc up --name {paths.Lab}' resumes it.");
            return ExitCode.Ok;
        });
        return command;
    }

    private static void RemoveContext(LabDefinition lab)
    {
        var file = KubeconfigFile.Load(lab.Kubeconfig);
        if (file.Remove(lab.ContextName))
            file.Save();
    }
}
