using System.CommandLine;
using Orchestrator.Cli.Containers;
using Orchestrator.Runtime.Cri;

namespace Orchestrator.Cli.Commands.Containers;

/// <summary><c>orc ctr exec</c>: runs a further command in a running container. Its exit code becomes the command's.</summary>
internal static class ContainerExecCommand
{
    public static Command Create()
    {
        var name = ContainerCommand.NameArgument();
        var words = new Argument<string[]>("command") { Description = "Command and its arguments", Arity = ArgumentArity.OneOrMore };
        var stdin = new Option<bool>("--interactive", "-i") { Description = "Pass standard input" };
        var tty = new Option<bool>("--tty", "-t") { Description = "Give the command a terminal" };
        var command = new Command("exec", "Run a command in a running container") { name, words, stdin, tty };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var container = await new LocalContainers(TimeProvider.System).OpenAsync(LocalContainers.Find(parsed.GetValue(name)!), cancellationToken);
            var useTty = parsed.GetValue(tty) && !Console.IsInputRedirected;
            var request = new ExecRequest(container.Id, parsed.GetValue(words)!, parsed.GetValue(stdin), Stdout: true, Stderr: !useTty, useTty);
            await using var streams = await container.Runtime.ExecAsync(request, cancellationToken);
            return await ProcessConsole.RunAsync(streams, useTty && request.Stdin, cancellationToken);
        });
        return command;
    }
}
