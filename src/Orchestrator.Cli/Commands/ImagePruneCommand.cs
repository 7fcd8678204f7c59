using System.CommandLine;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image prune</c>: removes what nothing needs.</summary>
internal static class ImagePruneCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var all = new Option<bool>("--all", "-a") { Description = "Also images that have a name but no container, and remembered build steps" };
        var command = new Command("prune", "Remove images without a name, and content that no image needs") { all };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var collected = await new ImageAdministration(images.Open(parsed)).PruneAsync(parsed.GetValue(all), cancellationToken);
            Console.Out.WriteLine($"Removed {collected.Layers} layers and {collected.Blobs} blobs: {ImageCommand.Size(collected.Bytes)}");
            return ExitCode.Ok;
        });
        return command;
    }
}
