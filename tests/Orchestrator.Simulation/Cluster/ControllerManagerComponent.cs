using Orchestrator.Client.Metadata;
using Orchestrator.Controllers;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>One controller manager; it works while it leads.</summary>
internal sealed class ControllerManagerComponent(ClusterContext context, int index) : IComponent
{
    public string Name { get; } = $"controllers-{index + 1}";

    public SimulatedProcess? Process { get; private set; }

    public void Start()
    {
        var process = Process = context.NewProcess(Name);
        process.StartMain(() => RunAsync(process));
    }

    private async Task RunAsync(SimulatedProcess process)
    {
        var random = context.RandomFor(Name);
        var client = context.NewClient(process, "controller-manager", Users.Controllers, index);
        var options = new ControllerManagerOptions { LeaderElectionIdentity = $"{Name}_{random.Next()}", NodeMonitorGracePeriod = TimeSpan.FromSeconds(25) };
        var manager = new ControllerManager(
            client, writer => new MetadataClient(writer, ClusterContext.Address), options, process.Clock, random, context.LoggersOf(process));
        await manager.RunAsync(CancellationToken.None);
    }
}
