using System.CommandLine;
using System.Text.RegularExpressions;
using Orchestrator.Cli.Containers;
using Orchestrator.Runtime.Cri;
using Orchestrator.Runtime.Images;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr run</c>: makes and starts a container. In the foreground its exit code becomes the command's.</summary>
internal static partial class ContainerRunCommand
{
    // As shells and container engines report a command that could not be started.
    private const int NotStartedExitCode = 127;

    private const long MinMemoryBytes = 1 << 20;

    // The kernel takes no quota below 1 ms per period of 100 ms.
    private const double MinCpus = 0.01;

    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var images = new ImageOptions();
        var image = new Argument<string>("image") { Description = "Image to run; pulled when it is not here" };
        var words = new Argument<string[]>("command") { Description = "Command instead of the image's own", Arity = ArgumentArity.ZeroOrMore };
        var detach = new Option<bool>("--detach", "-d") { Description = "Leave it running and print its name" };
        var stdin = new Option<bool>("--interactive", "-i") { Description = "Pass standard input" };
        var tty = new Option<bool>("--tty", "-t") { Description = "Give the command a terminal" };
        var remove = new Option<bool>("--rm") { Description = "Remove the container when it has ended" };
        var name = new Option<string?>("--name") { Description = "Name of the container (default: random)" };
        var environment = new Option<string[]>("--env", "-e") { Description = "NAME=VALUE, or NAME to pass on this environment's; may be repeated" };
        var memory = new Option<string?>("--memory", "-m") { Description = "Memory limit, e.g. 256Mi" };
        var cpus = new Option<double?>("--cpus") { Description = "CPU limit, e.g. 0.5" };
        var network = new Option<string>("--network") { Description = "host or none", DefaultValueFactory = _ => "host" };
        network.AcceptOnlyFromAmong("host", "none");
        var volumes = new Option<string[]>("--volume", "-v") { Description = "HOST:CONTAINER[:ro]; may be repeated" };
        var command = new Command("run", "Run a command in a new container")
        {
            image, words, detach, stdin, tty, remove, name, environment, memory, cpus, network, volumes,
        };
        images.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var isDetached = parsed.GetValue(detach);
            var request = new LocalContainerRequest
            {
                Name = CheckName(parsed.GetValue(name) ?? LocalContainers.NewName()),
                Image = parsed.GetValue(image)!,
                Command = parsed.GetValue(words) ?? [],
                Environment = [.. (parsed.GetValue(environment) ?? []).Select(ParseVariable)],
                MemoryBytes = CheckMemory(parsed.GetValue(memory) is { } size ? Sizes.ParseBytes(size) : null),
                Cpus = CheckCpus(parsed.GetValue(cpus)),
                HostNetwork = parsed.GetValue(network) == "host",
                Mounts = [.. (parsed.GetValue(volumes) ?? []).Select(ParseVolume)],
                Stdin = parsed.GetValue(stdin),
                Tty = parsed.GetValue(tty) && (isDetached || !Console.IsInputRedirected),
                InForeground = !isDetached,
                RemoveWhenEnded = parsed.GetValue(remove),
            };
            var service = images.OpenService(parsed);
            var imageId = await FindImageAsync(service, request.Image, cancellationToken);
            var containers = new LocalContainers(TimeProvider.System);
            using var container = await containers.CreateAsync(request, imageId, service, images.DataDirectory(parsed), cancellationToken);
            if (isDetached)
            {
                await StartAsync(containers, container, cancellationToken);
                Console.Out.WriteLine(request.Name);
                return ExitCode.Ok;
            }

            try
            {
                // Before the start, so that nothing it says is missed.
                await using var streams = await container.Runtime.AttachAsync(
                    new AttachRequest(container.Id, request.Stdin, Stdout: true, Stderr: !request.Tty), cancellationToken);
                await StartAsync(containers, container, cancellationToken);
                return await AttendAsync(container, request, streams, cancellationToken);
            }
            finally
            {
                if (request.RemoveWhenEnded)
                    await containers.RemoveAsync(container.Record);
            }
        });
        return command;
    }

    /// <summary>The id of an image, which is fetched when it is not here.</summary>
    public static async Task<string> FindImageAsync(ImageService images, string image, CancellationToken cancellationToken)
    {
        if (await images.ImageStatusAsync(image, cancellationToken) is { } present)
            return present.Id;
        Console.Error.WriteLine($"Pulling {ImageReference.Parse(image)}");
        return await images.PullImageAsync(image, auth: null, cancellationToken);
    }

    private static async Task StartAsync(LocalContainers containers, LocalContainer container, CancellationToken cancellationToken)
    {
        try
        {
            await container.Runtime.StartContainerAsync(container.Id, cancellationToken);
        }
        catch (Exception exception)
        {
            await containers.RemoveAsync(container.Record);
            if (exception is RuntimeException { Error: RuntimeError.StartFailed })
                throw new UserException(exception.Message, NotStartedExitCode);
            throw;
        }
    }

    // Being asked to end (Ctrl-C, SIGTERM) is passed on as the container's stop signal; how it then ends is still waited for.
    private static async Task<int> AttendAsync(LocalContainer container, LocalContainerRequest request, IProcessStreams streams, CancellationToken cancellationToken)
    {
        var stopping = Task.CompletedTask;
        await using var asked = cancellationToken.Register(() => stopping = container.Runtime.StopContainerAsync(container.Id, StopGrace, CancellationToken.None));
        var exitCode = await ProcessConsole.RunAsync(streams, request.Tty && request.Stdin, CancellationToken.None);
        await stopping;
        return exitCode;
    }

    private static long? CheckMemory(long? bytes) => bytes is null or >= MinMemoryBytes
        ? bytes
        : throw new UserException("--memory must be at least 1Mi: in less, nothing can start", ExitCode.Usage);

    private static double? CheckCpus(double? cpus) => cpus is null or >= MinCpus
        ? cpus
        : throw new UserException("--cpus must be at least 0.01", ExitCode.Usage);

    private static string CheckName(string name) => Name().IsMatch(name)
        ? name
        : throw new UserException($"'{name}' cannot name a container: use letters, digits, '_', '.' and '-', at most 63 characters", ExitCode.Usage);

    private static KeyValuePair<string, string> ParseVariable(string text) => text.Split('=', 2) switch
    {
        [{ Length: > 0 } key, var value] => KeyValuePair.Create(key, value),
        [{ Length: > 0 } key] => KeyValuePair.Create(key, Environment.GetEnvironmentVariable(key) ?? ""),
        _ => throw new UserException($"--env: '{text}' is not of the form NAME=VALUE", ExitCode.Usage),
    };

    private static Mount ParseVolume(string text) => text.Split(':') switch
    {
        [{ Length: > 0 } host, ['/', ..] target] => new Mount(Path.GetFullPath(host), target),
        [{ Length: > 0 } host, ['/', ..] target, "rw"] => new Mount(Path.GetFullPath(host), target),
        [{ Length: > 0 } host, ['/', ..] target, "ro"] => new Mount(Path.GetFullPath(host), target, ReadOnly: true, RecursiveReadOnly: true),
        _ => throw new UserException($"--volume: '{text}' is not of the form HOST:CONTAINER[:ro], with an absolute path in the container", ExitCode.Usage),
    };

    [GeneratedRegex("^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$")]
    private static partial Regex Name();
}
