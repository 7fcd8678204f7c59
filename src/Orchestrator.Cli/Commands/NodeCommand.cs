using System.CommandLine;
using Orchestrator.Cli.Lab;

namespace Orchestrator.Cli.Commands;

/// <summary>
/// <c>orc node</c>: by itself the node agent (kubelet, runtime, proxy, DNS); with a subcommand, what one does to a lab's nodes.
/// </summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var command = NodeAgentCommand.Create();
        command.Subcommands.Add(NodeListCommand.Create());
        command.Subcommands.Add(Add());
        command.Subcommands.Add(OnNode("remove", "Remove a node from the lab, with everything on it", (nodes, node, token) => nodes.RemoveAsync(node, token)));
        command.Subcommands.Add(OnNode("stop", "Shut a node down: its pods get their signal to end", (nodes, node, token) => nodes.StopAsync(node, token)));
        command.Subcommands.Add(OnNode("start", "Start a node's agent again", (nodes, node, token) => nodes.StartAsync(node, token)));
        command.Subcommands.Add(OnNode("kill", "End everything on a node at once, as a power cut would", (nodes, node, token) => nodes.KillAsync(node, token)));
        command.Subcommands.Add(OnNode("freeze", "Stop time for everything on a node", Now((nodes, node) => nodes.Freeze(node))));
        command.Subcommands.Add(OnNode("thaw", "Let a frozen node go on", Now((nodes, node) => nodes.Thaw(node))));
        command.Subcommands.Add(Link("cut", "Cut a node off: from one other node, or from everything", (nodes, node, peer) => nodes.Cut(node, peer)));
        command.Subcommands.Add(Link("heal", "Undo a cut", (nodes, node, peer) => nodes.Heal(node, peer)));
        return command;
    }

    private static Command OnNode(string verb, string description, Func<LabNodes, LabNodeDefinition, CancellationToken, Task> act)
    {
        var lab = new LabOptions();
        var name = new Argument<string[]>("node") { Description = "Name of the node", Arity = ArgumentArity.OneOrMore };
        var command = new Command(verb, description) { name };
        lab.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (paths, definition) = lab.Load(parsed);
            foreach (var word in parsed.GetValue(name)!)
            {
                var nodes = new LabNodes(paths, LabDefinition.TryLoad(paths) ?? definition, TimeProvider.System);
                await act(nodes, nodes.Find(word), cancellationToken);
                Console.Out.WriteLine($"node/{word} {PastTense(verb)}");
            }

            return ExitCode.Ok;
        });
        return command;
    }

    private static Func<LabNodes, LabNodeDefinition, CancellationToken, Task> Now(Action<LabNodes, LabNodeDefinition> act) => (nodes, node, _) =>
    {
        act(nodes, node);
        return Task.CompletedTask;
    };

    private static Command Link(string verb, string description, Action<LabNodes, LabNodeDefinition, LabNodeDefinition?> act)
    {
        var lab = new LabOptions();
        var name = new Argument<string>("node") { Description = "Name of the node" };
        var peer = new Argument<string?>("peer") { Description = "The other node; left out: everything", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(verb, description) { name, peer };
        lab.AddTo(command);
        command.SetAction(parsed =>
        {
            var (paths, definition) = lab.Load(parsed);
            var nodes = new LabNodes(paths, definition, TimeProvider.System);
            var other = parsed.GetValue(peer) is { } word ? nodes.Find(word) : null;
            act(nodes, nodes.Find(parsed.GetValue(name)!), other);
            Console.Out.WriteLine($"node/{parsed.GetValue(name)} {PastTense(verb)}");
            return ExitCode.Ok;
        });
        return command;
    }

    private static Command Add()
    {
        var lab = new LabOptions();
        var cpu = new Option<double?>("--cpu") { Description = "CPUs of the node (default: the machine's)" };
        var memory = new Option<string?>("--memory") { Description = "Memory of the node, e.g. 2Gi (default: the machine's)" };
        var command = new Command("add", "Add a node to the lab") { cpu, memory };
        lab.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (paths, definition) = lab.Load(parsed);
            var nodes = new LabNodes(paths, definition, TimeProvider.System);
            var node = await nodes.AddAsync(parsed.GetValue(cpu), parsed.GetValue(memory) is { } size ? Sizes.ParseBytes(size) : null, cancellationToken);
            Console.Out.WriteLine($"node/{node.Name} added");
            return ExitCode.Ok;
        });
        return command;
    }

    private static string PastTense(string verb) => verb switch
    {
        "stop" => "stopped",
        "freeze" => "frozen",
        "cut" => "cut",
        "remove" => "removed",
        "thaw" => "thawed",
        _ => verb + "ed",
    };
}
