using Microsoft.AspNetCore.Http;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation;

/// <summary>Bugs put in on purpose, by tests that want to see an invariant catch them.</summary>
internal sealed record Sabotage
{
    public static Sabotage None { get; } = new();

    /// <summary>Wraps the store between the log, which sees the truth, and the API servers.</summary>
    public Func<IKeyValueStore, IKeyValueStore>? Store { get; init; }

    /// <summary>Wraps what carries the requests of a process.</summary>
    public Func<SimulatedProcess, HttpMessageHandler, HttpMessageHandler>? Transport { get; init; }

    /// <summary>Wraps what serves the requests of an API server.</summary>
    public Func<Func<HttpContext, Task>, Func<HttpContext, Task>>? Server { get; init; }

    /// <summary>Wraps what sees the API servers' answers.</summary>
    public Func<IWireMonitor, IWireMonitor>? Wire { get; init; }
}
