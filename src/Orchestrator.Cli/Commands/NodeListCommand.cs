using System.CommandLine;
using System.Globalization;
using Orchestrator.Api;
using Orchestrator.Cli.Lab;
using Orchestrator.Cli.Output;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc node list</c>: the nodes of a lab as this machine runs them (what the cluster thinks of them: <c>orc get nodes</c>).</summary>
internal static class NodeListCommand
{
    public static Command Create()
    {
        var lab = new LabOptions();
        var command = new Command("list", "List the nodes of a lab as this machine runs them");
        lab.AddTo(command);
        command.SetAction(parsed =>
        {
            var (paths, definition) = lab.Load(parsed);
            var components = new LabComponents(paths, definition);
            TextTable.Write(Console.Out, ["NAME", "STATE", "PID", "ADDRESS", "POD-CIDR", "CPU", "MEMORY"], [.. definition.Nodes.Select(node =>
            {
                var process = components.Node(node.Name);
                return (IReadOnlyList<string>)
                [
                    node.Name,
                    !process.IsRunning ? "stopped" : process.IsFrozen ? "frozen" : "running",
                    process.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-",
                    node.Address,
                    node.PodCidr,
                    node.Cpus?.ToString(CultureInfo.InvariantCulture) ?? "machine",
                    node.MemoryBytes is { } bytes ? Quantity.FromBytes(bytes).ToString() : "machine",
                ];
            })]);
            return ExitCode.Ok;
        });
        return command;
    }
}
