using System.CommandLine;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orc completion bash</c>: prints a script that completes commands and options by asking orc itself.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _orc() {
            local line="${COMP_LINE:0:COMP_POINT}"
            mapfile -t COMPREPLY < <(orc "[suggest:${#line}]" "$line" 2>/dev/null | grep -F -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o default -F _orc orc
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash" };
        shell.AcceptOnlyFromAmong("bash");
        var command = new Command("completion", "Print a shell completion script: source <(orc completion bash)") { shell };
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(Bash);
            return ExitCode.Ok;
        });
        return command;
    }
}
