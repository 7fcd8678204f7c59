using Orchestrator.Simulation.Network;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// Sees the answers to creations of pods that leave open whether there is a pod: the controller may be told to try again, and make
/// another. What breaks off ends the reconcile, and the next one counts what it sees.
/// </summary>
internal sealed class LostCreations
{
    private readonly HashSet<Exchange> open = [];

    /// <summary>Called for each such answer.</summary>
    public event Action<Exchange>? LeftOpen;

    public void Began(Exchange exchange) => open.Add(exchange);

    public void Answered(Exchange exchange, int status)
    {
        if (open.Remove(exchange) && status >= 500)
            LeftOpen?.Invoke(exchange);
    }

    public void Lost(Exchange exchange) => open.Remove(exchange);
}
