using System.Net;
using Orchestrator.ApiServer.Authentication.Tokens;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.Simulation.Network;
using Orchestrator.Simulation.Pumping;
using Orchestrator.Storage;

namespace Orchestrator.Simulation.Cluster;

/// <summary>One API server, as it is in production but for its sockets.</summary>
/// <param name="connect">The connection of a process to the store.</param>
internal sealed class ApiServerComponent(
    ClusterContext context, ServerSlot slot, int index, IReadOnlyList<string> nodes, SigningKeys keys, Func<SimulatedProcess, IKeyValueStore> connect) : IComponent
{
    private ApiServerHost? host;

    public string Name => slot.Name;

    public SimulatedProcess? Process { get; private set; }

    /// <summary>Whether it has filled its caches and prepared the cluster.</summary>
    public bool IsReady => Process is { IsAlive: true } && host is { Ready.IsCompletedSuccessfully: true };

    public void Start()
    {
        var process = Process = context.NewProcess(Name);
        host = null;
        process.StartMain(() => RunAsync(process));
    }

    private async Task RunAsync(SimulatedProcess process)
    {
        var loggers = context.LoggersOf(process);
        var options = new ApiServerOptions
        {
            Listen = [], Advertise = new IPEndPoint(IPAddress.Parse($"10.0.0.{index + 1}"), 6443), RandomSeed = context.SeedFor(Name),
            // Short enough for a run of some minutes to see the ends of watches and their bookmarks.
            BookmarkInterval = TimeSpan.FromSeconds(10), WatchHistoryEvents = 512,
        };
        var cluster = new ClusterOptions
        {
            AuthoritiesPem = "", ServiceAccountKeys = keys, FixedTokens = Users.All(nodes), DefaultTolerationSeconds = 20,
        };
        var started = new ApiServerHost(options, ClusterComposition.Of(cluster, loggers), connect(process), loggers, process.Clock);
        await started.StartAsync(CancellationToken.None);
        host = started;
        slot.Occupy(process, context.Sabotage.Server?.Invoke(started.HandleAsync) ?? started.HandleAsync);
        await started.Ready;
        await Task.Delay(Timeout.InfiniteTimeSpan, process.Clock, CancellationToken.None);
    }
}
