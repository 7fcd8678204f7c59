using System.Net.Http;
using Orchestrator.Api.Errors;
using Orchestrator.Client.Configuration;
using Orchestrator.Linux;
using Orchestrator.Network.Pods;
using Orchestrator.Runtime.Cri;
using Orchestrator.Storage;
using Orchestrator.Storage.Backup;

namespace Orchestrator.Cli;

/// <summary>What an exception comes down to for the person at the terminal: one line and an exit code, never a stack trace.</summary>
internal static class Failures
{
    /// <summary>Set to anything, it makes failures that nobody foresaw show where they happened.</summary>
    public const string DebugVariable = "ORC_DEBUG";

    private const int Interrupted = 130; // As a shell reports a program ended by Ctrl-C.

    /// <summary>A line per what is said; empty for a command that was asked to end.</summary>
    public static (string Text, int ExitCode) Describe(Exception exception, bool isPrivileged, bool isDebugging) => exception switch
    {
        UserException user => ($"orc: {user.Message}", user.ExitCode),
        ApiException { InnerException: HttpRequestException cause } => ($"orc: {OneLine(exception.Message)}; {AdviceFor(cause)}", ExitCode.Failed),
        ApiException refused => ($"Error from server ({Reason(refused)}): {refused.Message}", ExitCode.Failed),
        OperationCanceledException => ("", Interrupted),
        _ when !isPrivileged && IsDenial(exception) => ($"orc: {OneLine(exception.Message)}: this needs root, run it with sudo", ExitCode.Failed),
        _ when IsExpected(exception) => ($"orc: {OneLine(exception.Message)}", ExitCode.Failed),
        _ => ($"orc: unforeseen {exception.GetType().Name}: {(isDebugging ? exception : OneLine(exception.Message) + $" ({DebugVariable}=1 shows where)")}", ExitCode.Failed),
    };

    /// <summary>Whether it says something of the world rather than of this program: then its message is enough.</summary>
    public static bool IsExpected(Exception exception) =>
        exception is UserException or ApiException or LinuxException or KubeconfigException or RuntimeException or StoreException or BackupException
            or InvalidDataException or PodNetworkException
            or IOException or UnauthorizedAccessException or HttpRequestException or FormatException or TimeoutException;

    private static string AdviceFor(HttpRequestException cause) => cause.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => "does the kubeconfig belong to the cluster that runs there?",
        HttpRequestError.NameResolutionError => "is the server's name in the kubeconfig right?",
        _ => "is the cluster running? 'orc status' shows a lab of this machine, 'orc up' starts one",
    };

    private static bool IsDenial(Exception exception) =>
        exception is UnauthorizedAccessException or LinuxException { ErrorNumber: Errno.EPERM or Errno.EACCES };

    private static string Reason(ApiException exception) => exception.Reason.Length == 0 ? exception.Code.ToString() : exception.Reason;

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
