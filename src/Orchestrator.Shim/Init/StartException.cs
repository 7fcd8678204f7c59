namespace Orchestrator.Shim.Init;

/// <summary>A process could not be started: at which step, with which errno (0 if none), and why in words.</summary>
internal sealed class StartException(string step, int errorNumber, string message) : Exception(message)
{
    public string Step { get; } = step;

    public int ErrorNumber { get; } = errorNumber;
}
