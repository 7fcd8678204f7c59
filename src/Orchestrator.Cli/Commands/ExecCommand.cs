using System.CommandLine;
using Orchestrator.Api.Core.V1;
using Orchestrator.Cli.Cluster;
using Orchestrator.Client.Streaming;
using Orchestrator.Linux.Processes;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc exec</c>: runs a command in a container.</summary>
internal static class ExecCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var pod = new Argument<string>("pod") { Description = "NAME or pod/NAME" };
        var words = new Argument<string[]>("command") { Description = "-- COMMAND [ARGUMENT…]", Arity = ArgumentArity.OneOrMore };
        var container = new Option<string?>("--container", "-c") { Description = "Container (default: the first)" };
        var stdin = new Option<bool>("--stdin", "-i") { Description = "Pass standard input" };
        var tty = new Option<bool>("--tty", "-t") { Description = "Give the command a terminal" };
        var command = new Command("exec", "Run a command in a container") { pod, words, container, stdin, tty };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var name = parsed.GetValue(pod)!.Split('/')[^1];
            var containerName = parsed.GetValue(container) ?? await DefaultContainerAsync(connection, name, cancellationToken);
            var useTty = parsed.GetValue(tty) && !Console.IsInputRedirected;
            var query = new List<string>
            {
                $"container={Uri.EscapeDataString(containerName)}", "stdout=true", $"stderr={Text(!useTty)}", $"stdin={Text(parsed.GetValue(stdin))}", $"tty={Text(useTty)}",
            };
            query.AddRange(parsed.GetValue(words)!.Select(word => $"command={Uri.EscapeDataString(word)}"));
            var path = $"/api/v1/namespaces/{Uri.EscapeDataString(connection.Namespace)}/pods/{Uri.EscapeDataString(name)}/exec?{string.Join('&', query)}";
            await using var remote = await RemoteCommand.OpenAsync(connection.Client, path, cancellationToken);
            using var raw = useTty ? Terminal.MakeRaw() : null;
            if (useTty)
                await remote.ResizeAsync(Console.WindowWidth, Console.WindowHeight, cancellationToken);
            return await remote.RunAsync(
                parsed.GetValue(stdin) ? Console.OpenStandardInput() : null, Console.OpenStandardOutput(), Console.OpenStandardError(), cancellationToken);
        });
        return command;
    }

    private static async Task<string> DefaultContainerAsync(ClusterConnection connection, string pod, CancellationToken cancellationToken)
    {
        var item = await connection.Client.GetAsync<Pod>(connection.Namespace, pod, cancellationToken);
        return item.Metadata.Annotations?.GetValueOrDefault("kubectl.kubernetes.io/default-container")
            ?? item.Spec?.Containers?.FirstOrDefault()?.Name
            ?? throw new UserException($"pod {pod} has no containers");
    }

    private static string Text(bool value) => value ? "true" : "false";
}
