using System.CommandLine;
using Orchestrator.Api.Errors;
using Orchestrator.Client.Configuration;
using Orchestrator.Linux;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Cri;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;

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
            foreach (var error in parsed.Errors)
                Console.Error.WriteLine($"orc: {error.Message}");
            Console.Error.WriteLine($"Run '{CommandPath(parsed)} --help' for usage.");
            return ExitCode.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = EndLimit });
        }
        catch (UserException exception)
        {
            Console.Error.WriteLine($"orc: {exception.Message}");
            return exception.ExitCode;
        }
        catch (ApiException exception)
        {
            Console.Error.WriteLine($"Error from server ({Reason(exception)}): {exception.Message}");
            return ExitCode.Failed;
        }
        catch (OperationCanceledException)
        {
            return 130; // As a shell reports a program ended by Ctrl-C.
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            Console.Error.WriteLine($"orc: {exception.Message}");
            return ExitCode.Failed;
        }
    }

    private static bool IsExpected(Exception exception) =>
        exception is LinuxException or KubeconfigException or RuntimeException or StoreException or BackupException or InvalidDataException or PodNetworkException or IOException
            or UnauthorizedAccessException or HttpRequestException or FormatException or TimeoutException;

    private static string Reason(ApiException exception) => exception.Reason.Length == 0 ? exception.Code.ToString() : exception.Reason;

    private static string CommandPath(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(result.Parent is null ? "orc" : result.Command.Name);
        return string.Join(' ', names);
    }
}
