using System.CommandLine;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc image</c>: the machine's images. Needs no cluster; all labs and nodes of the machine share them.</summary>
internal static class ImageCommand
{
    public static Command Create()
    {
        var command = new Command("image", "Load, pull, build, list and remove the images of this machine");
        command.Subcommands.Add(Load());
        command.Subcommands.Add(List());
        command.Subcommands.Add(Save());
        command.Subcommands.Add(ImagePullCommand.Create());
        command.Subcommands.Add(ImageBuildCommand.Create());
        command.Subcommands.Add(ImagePushCommand.Create());
        command.Subcommands.Add(ImageTagCommand.Create());
        command.Subcommands.Add(ImageHistoryCommand.Create());
        command.Subcommands.Add(ImageInspectCommand.Create());
        command.Subcommands.Add(Remove());
        command.Subcommands.Add(ImagePruneCommand.Create());
        command.Subcommands.Add(ImageLoginCommand.Create());
        return command;
    }

    private static Command Load()
    {
        var images = new ImageOptions();
        var archive = new Argument<string>("archive") { Description = "Docker or OCI archive, or - for standard input" };
        var command = new Command("load", "Load images from a docker or OCI archive") { archive };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var store = images.Open(parsed);
            var path = parsed.GetValue(archive)!;
            if (path != "-" && !File.Exists(path))
                throw new UserException($"there is no file {path}");
            var loaded = path == "-"
                ? await ImageArchive.LoadAsync(store, Console.OpenStandardInput(), cancellationToken)
                : await ImageArchive.LoadAsync(store, path, cancellationToken);
            foreach (var image in loaded)
                Console.Out.WriteLine($"Loaded image: {(image.Tags.Count > 0 ? string.Join(", ", image.Tags) : image.Id)}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command List()
    {
        var images = new ImageOptions();
        var command = new Command("list", "List the images") { Aliases = { "ls" } };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var rows = new List<IReadOnlyList<string>>();
            foreach (var image in await images.OpenService(parsed).ListImagesAsync(cancellationToken))
            {
                var names = image.RepoTags.Count > 0 ? image.RepoTags : image.RepoDigests.Count > 0 ? image.RepoDigests : ["<none>"];
                rows.AddRange(names.Select(name => (IReadOnlyList<string>)[name, image.Id["sha256:".Length..][..12], Size(image.SizeBytes)]));
            }

            TextTable.Write(Console.Out, ["IMAGE", "ID", "SIZE"], rows);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Save()
    {
        var images = new ImageOptions();
        var names = new Argument<string[]>("image") { Description = "Name or id", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string>("--output", "-o") { Description = "File to write", Required = true };
        var command = new Command("save", "Write images to an archive that docker and OCI tools read") { names, output };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var file = File.Create(parsed.GetValue(output)!);
            await ImageArchive.SaveAsync(images.Open(parsed), parsed.GetValue(names)!, file, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Remove()
    {
        var images = new ImageOptions();
        var names = new Argument<string[]>("image") { Description = "Name or id", Arity = ArgumentArity.OneOrMore };
        var command = new Command("remove", "Remove images that no container uses") { names };
        command.Aliases.Add("rm");
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var service = images.OpenService(parsed);
            foreach (var name in parsed.GetValue(names)!)
            {
                if (await service.ImageStatusAsync(name, cancellationToken) is null)
                    throw new UserException($"there is no image '{name}'");
                await service.RemoveImageAsync(name, cancellationToken);
                Console.Out.WriteLine($"Removed image: {name}");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    public static string Size(long bytes) => bytes < 1_000_000 ? $"{bytes / 1000.0:0.0} kB" : $"{bytes / 1_000_000.0:0.0} MB";
}
