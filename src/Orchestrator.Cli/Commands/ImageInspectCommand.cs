using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image inspect</c>: all that is known of an image, as JSON.</summary>
internal static class ImageInspectCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Name or id" };
        var command = new Command("inspect", "Show all that is known of an image, as JSON") { image };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(new ImageAdministration(images.Open(parsed)).Inspect(parsed.GetValue(image)!).ToJsonString(JsonOutput.Indented));
            return ExitCode.Ok;
        });
        return command;
    }
}
