namespace Orchestrator.Simulation.Network;

/// <summary>Sees every request and response as the client does, in its steps: what it has sent, and what it has been told by when.</summary>
internal interface IClientMonitor
{
    void Sent(Exchange exchange);

    /// <summary>A piece of the body is there to be read.</summary>
    void Arrived(Exchange exchange, ReadOnlySpan<byte> bytes);

    /// <summary>The whole body has arrived.</summary>
    void Ended(Exchange exchange);
}
