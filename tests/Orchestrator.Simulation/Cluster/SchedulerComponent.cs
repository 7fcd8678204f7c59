using Microsoft.Extensions.Logging;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.LeaderElection;
using Orchestrator.Scheduler;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>One scheduler; it keeps its caches warm always and places pods while it leads.</summary>
internal sealed class SchedulerComponent(ClusterContext context, int index) : IComponent
{
    public string Name { get; } = $"scheduler-{index + 1}";

    public SimulatedProcess? Process { get; private set; }

    public void Start()
    {
        var process = Process = context.NewProcess(Name);
        process.StartMain(() => RunAsync(process));
    }

    private async Task RunAsync(SimulatedProcess process)
    {
        var random = context.RandomFor(Name);
        var loggers = context.LoggersOf(process);
        var client = context.NewClient(process, "scheduler", Users.Scheduler, index);
        var informers = new InformerFactory(client, InformerOptions.Default, process.Clock, random, loggers);
        var elector = new LeaderElector(
            client, new LeaderElectionOptions { Name = "kube-scheduler", Identity = $"{Name}_{random.Next()}" }, process.Clock,
            loggers.CreateLogger<LeaderElector>());
        var writer = new FencedApiClient(client, () => elector.IsLeading);
        var events = new EventWriter(writer, process.Clock, loggers.CreateLogger<EventWriter>());
        using var scheduler = new PodScheduler(
            writer, informers, events.For("default-scheduler"), new SchedulerOptions(), PluginSet.Default(), process.Clock, random,
            loggers.CreateLogger<PodScheduler>());
        var first = await Task.WhenAny(
            events.RunAsync(CancellationToken.None), informers.RunAsync(CancellationToken.None),
            elector.RunAsync(scheduler.RunAsync, CancellationToken.None));
        await first;
    }
}
