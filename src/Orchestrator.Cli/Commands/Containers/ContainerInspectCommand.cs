using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Containers;
using Orchestrator.Cli.Output;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr inspect</c>: all that is known of a container.</summary>
internal static class ContainerInspectCommand
{
    public static Command Create()
    {
        var name = ContainerCommand.NameArgument();
        var output = new Option<string>("--output", "-o") { Description = "json or yaml", DefaultValueFactory = _ => "json" };
        output.AcceptOnlyFromAmong("json", "yaml");
        var command = new Command("inspect", "Show all that is known of a container") { name, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var container = await new LocalContainers(TimeProvider.System).OpenAsync(LocalContainers.Find(parsed.GetValue(name)!), cancellationToken);
            var document = Describe(container.Record, await container.StatusAsync(cancellationToken));
            if (parsed.GetValue(output) == "yaml")
                YamlOutput.Write(Console.Out, document);
            else
                Console.Out.WriteLine(document.ToJsonString(JsonOutput.Indented));
            return ExitCode.Ok;
        });
        return command;
    }

    private static JsonObject Describe(LocalContainerRecord record, ContainerStatus status) => new()
    {
        ["name"] = record.Name,
        ["id"] = status.Id,
        ["sandboxId"] = status.SandboxId,
        ["image"] = record.Image,
        ["imageId"] = status.ImageId,
        ["command"] = new JsonArray([.. record.Command.Select(word => (JsonNode)JsonValue.Create(word))]),
        ["state"] = status.State.ToString().ToLowerInvariant(),
        ["pid"] = status.Pid,
        ["createdAt"] = Text(status.CreatedAt),
        ["startedAt"] = Text(status.StartedAt),
        ["finishedAt"] = Text(status.FinishedAt),
        ["exitCode"] = status.State == ContainerState.Exited ? status.ExitCode : null,
        ["reason"] = status.Reason,
        ["message"] = status.Message,
        ["user"] = status.User is { } user ? new JsonObject { ["uid"] = user.Uid, ["gid"] = user.Gid } : null,
        ["logPath"] = status.LogPath,
        ["cgroup"] = $"{record.Paths.Cgroup}/{status.Id}",
        ["stateDirectory"] = record.Paths.Run,
        ["dataDirectory"] = record.Paths.Data,
        ["removeWhenEnded"] = record.RemoveWhenEnded,
    };

    private static string? Text(DateTimeOffset? at) => at?.ToString("O", CultureInfo.InvariantCulture);
}
