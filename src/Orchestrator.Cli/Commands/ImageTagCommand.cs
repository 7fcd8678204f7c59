using System.CommandLine;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image tag</c>: gives an image another name.</summary>
internal static class ImageTagCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Name or id" };
        var names = new Argument<string[]>("name") { Description = "New name", Arity = ArgumentArity.OneOrMore };
        var command = new Command("tag", "Give an image another name") { image, names };
        images.AddTo(command);
        command.SetAction(parsed =>
        {
            var administration = new ImageAdministration(images.Open(parsed));
            foreach (var name in parsed.GetValue(names)!)
                Console.Out.WriteLine($"Tagged image: {administration.Tag(parsed.GetValue(image)!, name)}");
            return ExitCode.Ok;
        });
        return command;
    }
}
