using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Cli.Lab;
using Orchestrator.Cli.Output;
using Orchestrator.Cli.Processes;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc status</c>: the processes of a lab.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var lab = new LabOptions();
        var output = new Option<string>("--output", "-o") { Description = "table, json or yaml", DefaultValueFactory = _ => "table" };
        output.AcceptOnlyFromAmong("table", "json", "yaml");
        var command = new Command("status", "Show the processes of a lab") { output };
        lab.AddTo(command);
        command.SetAction(parsed =>
        {
            var (paths, definition) = lab.Load(parsed);
            var components = new LabComponents(paths, definition);
            List<IReadOnlyList<string>> rows =
            [
                .. (definition.Etcd ?? []).Select(member => Row(components.Etcd(member), "store", $"127.0.0.1:{member.ClientPort}", paths)),
                .. definition.Servers.Select(server => Row(components.ControlPlane(server), "control plane", $"{server.Address}:{definition.ApiServerPort}", paths)),
                .. definition.Nodes.Select(node => Row(components.Node(node.Name), "node", node.Address, paths)),
            ];
            Print(rows, parsed.GetValue(output)!);
            return rows.All(row => row[2] == "running") ? ExitCode.Ok : ExitCode.Failed;
        });
        return command;
    }

    private static IReadOnlyList<string> Row(ComponentProcess process, string role, string address, LabPaths paths) =>
        [process.Name, role, State(process), process.Pid?.ToString() ?? "-", address, paths.LogFile(process.Name)];

    private static string State(ComponentProcess process) => !process.IsRunning ? "stopped" : process.IsFrozen ? "frozen" : "running";

    private static void Print(IReadOnlyList<IReadOnlyList<string>> rows, string format)
    {
        string[] header = ["NAME", "ROLE", "STATE", "PID", "ADDRESS", "LOG"];
        if (format == "table")
        {
            TextTable.Write(Console.Out, header, rows);
            return;
        }

        var document = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject(
            header.Select((name, i) => KeyValuePair.Create(name.ToLowerInvariant(), (JsonNode?)JsonValue.Create(row[i])))))]);
        if (format == "json")
            Console.Out.WriteLine(document.ToJsonString(JsonOutput.Indented));
        else
            YamlOutput.Write(Console.Out, document);
    }
}
