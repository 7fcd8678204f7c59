using System.CommandLine;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image pull</c>: fetches images from their registries.</summary>
internal static class ImagePullCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var names = new Argument<string[]>("image") { Description = "Name, e.g. docker.io/library/nginx:1", Arity = ArgumentArity.OneOrMore };
        var user = new Option<string?>("--user") { Description = "USER:PASSWORD for the registry" };
        var command = new Command("pull", "Fetch images from their registries") { names, user };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var auth = Authorization(parsed.GetValue(user));
            var service = images.OpenService(parsed);
            foreach (var image in parsed.GetValue(names)!)
            {
                var id = await service.PullImageAsync(image, auth, cancellationToken);
                Console.Out.WriteLine($"{ImageReference.Parse(image)}: {id}");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    /// <exception cref="UserException">It is not USER:PASSWORD.</exception>
    public static RegistryAuth? Authorization(string? user) => user?.Split(':', 2) switch
    {
        null => null,
        [{ Length: > 0 } name, var password] => new RegistryAuth(name, password),
        _ => throw new UserException("--user must be USER:PASSWORD", ExitCode.Usage),
    };
}
