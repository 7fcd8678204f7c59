using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Invariants;

/// <summary>The invariants over requests and their answers, by name.</summary>
internal static class WireRules
{
    public const string Acknowledged = "no acknowledged write is lost";
    public const string Fresh = "no read goes back behind an acknowledged write";
    public const string Content = "what is shown is what the log holds";
    public const string Watch = "every watcher's sequence equals the log";
    public const string Binding = "no pod is bound twice";

    public static void Fail(this Pump pump, string rule, WireState state, string message)
    {
        var exchange = state.Exchange;
        pump.Fail(rule, $"{exchange.Client} at {exchange.Server.Name}, {exchange.Method} {exchange.Uri.PathAndQuery}: {message}");
    }
}
