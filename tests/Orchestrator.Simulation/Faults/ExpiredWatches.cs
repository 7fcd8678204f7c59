using Microsoft.AspNetCore.Http;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Faults;

/// <summary>Counts the informers that list again because their watch has expired; passes on all that it hears.</summary>
internal sealed class ExpiredWatches(IWireMonitor inner) : IWireMonitor
{
    private readonly HashSet<(SimulatedProcess Client, string Path)> expired = [];

    public void RequestArrived(Exchange exchange)
    {
        if (exchange.Method == "GET" && !exchange.IsWatch && expired.Remove((exchange.Client, exchange.Uri.AbsolutePath)))
            exchange.Client.Pump.Faults.Add(FaultKind.ListAgain);
        inner.RequestArrived(exchange);
    }

    public void ResponseBegan(Exchange exchange, int status)
    {
        if (status == StatusCodes.Status410Gone && exchange.IsWatch)
            expired.Add((exchange.Client, exchange.Uri.AbsolutePath));
        inner.ResponseBegan(exchange, status);
    }

    public void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.IndexOf("\"code\":410"u8) >= 0 && exchange.IsWatch)
            expired.Add((exchange.Client, exchange.Uri.AbsolutePath));
        inner.BodyWritten(exchange, bytes);
    }

    public void ResponseEnded(Exchange exchange) => inner.ResponseEnded(exchange);

    public void Lost(Exchange exchange) => inner.Lost(exchange);
}
