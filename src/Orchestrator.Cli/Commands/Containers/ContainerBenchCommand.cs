using System.CommandLine;
using System.Globalization;
using Orchestrator.Cli.Containers;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr bench</c>: how long a container takes from create over start and exit to delete, in a sandbox that runs already.</summary>
internal static class ContainerBenchCommand
{
    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Image to run; pulled when it is not here" };
        var words = new Argument<string[]>("command") { Description = "Command that ends by itself", Arity = ArgumentArity.OneOrMore };
        var rounds = new Option<int>("--rounds") { Description = "How many containers, one after the other", DefaultValueFactory = _ => 50 };
        var command = new Command("bench", "Print how many milliseconds each of many containers takes to be created, run and deleted") { image, words, rounds };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var service = images.OpenService(parsed);
            var request = new LocalContainerRequest
            {
                Name = "bench-" + LocalContainers.NewName(), Image = parsed.GetValue(image)!, Command = parsed.GetValue(words)!,
            };
            var imageId = await ContainerRunCommand.FindImageAsync(service, request.Image, cancellationToken);
            var containers = new LocalContainers(TimeProvider.System);
            using var host = await containers.CreateAsync(request, imageId, service, images.DataDirectory(parsed), cancellationToken);
            try
            {
                await MeasureAsync(host, request.ToContainer(imageId), parsed.GetValue(rounds), TimeProvider.System, cancellationToken);
            }
            finally
            {
                await containers.RemoveAsync(host.Record);
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static async Task MeasureAsync(LocalContainer host, ContainerConfig config, int rounds, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var events = host.Runtime.WatchEventsAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        for (var round = 0; round < rounds; round++)
        {
            var began = time.GetTimestamp();
            var id = await host.Runtime.CreateContainerAsync(host.Record.SandboxId, config, cancellationToken);
            await host.Runtime.StartContainerAsync(id, cancellationToken);
            while (await events.MoveNextAsync() && (events.Current.Type != ContainerEventType.Exited || events.Current.ContainerId != id))
            {
            }

            var exitCode = (await host.Runtime.ContainerStatusAsync(id, cancellationToken))!.ExitCode;
            await host.Runtime.RemoveContainerAsync(id, cancellationToken);
            Console.Out.WriteLine(time.GetElapsedTime(began).TotalMilliseconds.ToString("0.000", CultureInfo.InvariantCulture));
            if (exitCode != 0)
                throw new UserException($"the command ended with exit code {exitCode}");
        }
    }
}
