namespace Orchestrator.Cli;

/// <summary>A failure the user can act on: printed as one line, without a stack trace.</summary>
/// <param name="exitCode">1: it failed; 2: the command was not well formed.</param>
internal sealed class UserException(string message, int exitCode = ExitCode.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}

/// <summary>Exit codes of every command.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int Usage = 2;
}
