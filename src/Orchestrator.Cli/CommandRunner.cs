using System.CommandLine;

namespace Orchestrator.Cli;

/// <summary>Runs the command that was asked for and turns what it throws into one line and an exit code.</summary>
internal static class CommandRunner
{
    // How long a command that was asked to end may take to undo what it began, such as to stop a container.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var separated = TrailingCommand.Separate(root, TrailingCommand.Separate(root, args, "ctr", "run"), "ctr", "exec");
        var parsed = root.Parse(TrailingCommand.Separate(root, separated, "ctr", "bench"));
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in UsageErrors.Describe(parsed))
                Console.Error.WriteLine($"orc: {error}");
            Console.Error.WriteLine($"Run '{CommandPath(parsed)} --help' for usage.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = EndLimit });
        }
        catch (Exception exception)
        {
            var isDebugging = Environment.GetEnvironmentVariable(Failures.DebugVariable) is { Length: > 0 };
            var (text, exitCode) = Failures.Describe(exception, Environment.IsPrivilegedProcess, isDebugging);
            if (text.Length > 0)
                Console.Error.WriteLine(text);
            return exitCode;
        }
    }

    private static string CommandPath(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(result.Parent is null ? "orc" : result.Command.Name);
        return string.Join(' ', names);
    }
}
