using Microsoft.AspNetCore.Http;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Network;

/// <summary>The address of an API server, whether or not a process is behind it now.</summary>
internal sealed class ServerSlot(string name)
{
    public string Name => name;

    public SimulatedProcess? Process { get; private set; }

    public Func<HttpContext, Task>? Handle { get; private set; }

    public bool IsUp => Process is { IsAlive: true };

    /// <summary>What the server works on, in the order it came.</summary>
    public HashSet<Exchange> Open { get; } = [];

    public void Occupy(SimulatedProcess process, Func<HttpContext, Task> handle)
    {
        (Process, Handle) = (process, handle);
        process.Died += () =>
        {
            foreach (var exchange in Open.ToArray())
                exchange.Break("the server was killed");
        };
    }
}
