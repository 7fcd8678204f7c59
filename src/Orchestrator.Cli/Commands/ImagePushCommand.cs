using System.CommandLine;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image push</c>: uploads an image to a registry.</summary>
internal static class ImagePushCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Name or id" };
        var target = new Argument<string?>("target") { Description = "Name in the registry (default: the image's own)", Arity = ArgumentArity.ZeroOrOne };
        var user = new Option<string?>("--user") { Description = "USER:PASSWORD for the registry" };
        var command = new Command("push", "Upload an image to a registry") { image, target, user };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var reference = ImageReference.Parse(parsed.GetValue(target) ?? parsed.GetValue(image)!);
            using var registries = images.OpenRegistries(parsed);
            var digest = await registries.PushAsync(
                images.Open(parsed), parsed.GetValue(image)!, reference, ImagePullCommand.Authorization(parsed.GetValue(user)), cancellationToken);
            Console.Out.WriteLine($"{reference}: {digest}");
            return ExitCode.Ok;
        });
        return command;
    }
}
