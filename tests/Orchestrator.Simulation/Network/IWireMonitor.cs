namespace Orchestrator.Simulation.Network;

/// <summary>Sees every request and response as the server does, in its steps.</summary>
internal interface IWireMonitor
{
    void RequestArrived(Exchange exchange);

    void ResponseBegan(Exchange exchange, int status);

    void BodyWritten(Exchange exchange, ReadOnlyMemory<byte> bytes);

    void ResponseEnded(Exchange exchange);

    /// <summary>The client will not learn of the outcome of a request that has arrived.</summary>
    void Lost(Exchange exchange);
}
