using Orchestrator.Simulation.Network;

namespace Orchestrator.Simulation.Invariants;

/// <summary>
/// Pods that were perhaps made without their controller having been told: the connection broke, the answer was an error that leaves
/// it open, or the controller was gone or frozen when the answer came.
/// </summary>
internal sealed class LostCreations
{
    /// <summary>An answer that takes longer finds its client in trouble.</summary>
    private static readonly TimeSpan Normal = TimeSpan.FromSeconds(1);

    private readonly Dictionary<Exchange, (string Owner, TimeSpan Began)> open = [];
    private readonly Dictionary<string, int> lost = [];

    public int Of(string owner)
    {
        var count = lost.GetValueOrDefault(owner);
        foreach (var (exchange, creation) in open)
        {
            if (creation.Owner == owner && exchange.Client.Pump.Now - creation.Began > Normal)
                count++;
        }

        return count;
    }

    public void Began(Exchange exchange)
    {
        if (RequestFacts.OwnerIn(exchange.RequestBody) is { } owner)
            open[exchange] = (owner, exchange.Client.Pump.Now);
    }

    public void Answered(Exchange exchange, int status)
    {
        if (status >= 500 || exchange.Client.IsFrozen || exchange.Link.IsCut)
            Lost(exchange);
        else
            open.Remove(exchange);
    }

    public void Lost(Exchange exchange)
    {
        if (open.Remove(exchange, out var creation))
            lost[creation.Owner] = lost.GetValueOrDefault(creation.Owner) + 1;
    }
}
