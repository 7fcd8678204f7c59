using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>What every component of the simulated cluster is made with.</summary>
internal sealed class ClusterContext(Pump pump, Seeds seeds, Switchboard board, Sabotage sabotage, Action<string>? log, LogLevel logLevel)
{
    /// <summary>How a client reaches the servers, whichever answers.</summary>
    public static Uri Address { get; } = new("https://cluster.local");

    private int incarnations;

    public Pump Pump => pump;

    public Switchboard Board => board;

    public Sabotage Sabotage => sabotage;

    public SimulatedProcess NewProcess(string name) => new(pump, name);

    public ILoggerFactory LoggersOf(SimulatedProcess process) => new SimulatedLoggers(process, log, logLevel);

    /// <summary>A source of its own for each process, also for each start of the same component.</summary>
    public Random RandomFor(string name) => seeds.For($"{name} #{incarnations++}");

    public int SeedFor(string name) => seeds.Number($"{name} #{incarnations++}");

    public ApiClient NewClient(SimulatedProcess process, string component, string token, int preferredServer)
    {
        var transport = board.NewTransport(process, preferredServer);
        return new ApiClient(
            new ApiClientOptions { Server = Address, Component = component, BearerToken = token }, process.Clock,
            sabotage.Transport?.Invoke(process, transport) ?? transport);
    }
}
