using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
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
        var pod = new Argument<string>("pod") { Description = "NAME, or TYPE/NAME of what selects pods: deployment/web" };
        var words = new Argument<string[]>("command") { Description = "-- COMMAND [ARGUMENT…]", Arity = ArgumentArity.OneOrMore };
        var container = new Option<string?>("--container", "-c") { Description = "Container (default: the first)" };
        var stdin = new Option<bool>("--stdin", "-i") { Description = "Pass standard input" };
        var tty = new Option<bool>("--tty", "-t") { Description = "Give the command a terminal" };
        var command = new Command("exec", "Run a command in a container") { pod, words, container, stdin, tty };
        cluster.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var connection = cluster.Connect(parsed);
            var name = await PodReference.ResolveAsync(connection, parsed.GetValue(pod)!, cancellationToken);
            var useTty = parsed.GetValue(tty) && !Console.IsInputRedirected;
            using var raw = useTty ? Terminal.MakeRaw() : null;
            return await new RemoteCommand(connection.Client).RunAsync(
                connection.Namespace, name,
                new RemoteCommandOptions
                {
                    Container = parsed.GetValue(container),
                    Command = parsed.GetValue(words)!,
                    Stdin = parsed.GetValue(stdin) ? Console.OpenStandardInput() : null,
                    Stdout = Console.OpenStandardOutput(),
                    Stderr = useTty ? null : Console.OpenStandardError(),
                    Tty = useTty,
                    Sizes = useTty ? TerminalSizes(cancellationToken) : null,
                },
                cancellationToken);
        });
        return command;
    }

    // The size now, and again whenever SIGWINCH says that it changed.
    private static async IAsyncEnumerable<TerminalSize> TerminalSizes([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changes = Channel.CreateBounded<TerminalSize>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        using var registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => changes.Writer.TryWrite(Current()));
        yield return Current();
        await foreach (var size in changes.Reader.ReadAllAsync(cancellationToken))
            yield return size;

        static TerminalSize Current() => new(Console.WindowWidth, Console.WindowHeight);
    }
}
