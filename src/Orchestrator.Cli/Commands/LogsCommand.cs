using System.CommandLine;
using Orchestrator.Cli.Cluster;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc logs</c>: a container's output.</summary>
internal static class LogsCommand
{
    public static Command Create()
    {
        var cluster = new ClusterOptions();
        var pod = new Argument<string>("pod") { Description = "NAME, or TYPE/NAME of what selects pods: deployment/web" };
        var container = new Option<string?>("--container", "-c") { Description = "Container (needed when the pod has several)" };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until the container ends" };
        var previous = new Option<bool>("--previous", "-p") { Description = "Of the container's previous run" };
        var tail = new Option<int?>("--tail") { Description = "Only the last lines" };
        var since = new Option<int?>("--since-seconds") { Description = "Only what is newer than this many seconds" };
        var timestamps = new Option<bool>("--timestamps") { Description = "Put the time before each line" };
        var command = new Command("logs", "Print a container's output") { pod, container, follow, previous, tail, since, timestamps };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var name = await PodReference.ResolveAsync(connection, parsed.GetValue(pod)!, cancellationToken);
            var query = new List<string>();
            if (parsed.GetValue(container) is { } containerName)
                query.Add($"container={Uri.EscapeDataString(containerName)}");
            if (parsed.GetValue(follow))
                query.Add("follow=true");
            if (parsed.GetValue(previous))
                query.Add("previous=true");
            if (parsed.GetValue(timestamps))
                query.Add("timestamps=true");
            if (parsed.GetValue(tail) is { } lines)
                query.Add($"tailLines={lines}");
            if (parsed.GetValue(since) is { } seconds)
                query.Add($"sinceSeconds={seconds}");
            var path = $"/api/v1/namespaces/{Uri.EscapeDataString(connection.Namespace)}/pods/{Uri.EscapeDataString(name)}/log?{string.Join('&', query)}";
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await connection.Client.SendOrThrowAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var output = Console.OpenStandardOutput();
            await body.CopyToAsync(output, cancellationToken);
            return ExitCode.Ok;
        });
        return command;
    }
}
