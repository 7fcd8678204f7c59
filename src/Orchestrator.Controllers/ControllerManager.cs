using Microsoft.Extensions.Logging;
using Orchestrator.Client;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.LeaderElection;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers;

/// <summary>
/// All controllers of the control plane in one process, over one set of caches. With leader election several may run; one works.
/// </summary>
/// <param name="metadata">Makes the client for what treats all kinds alike, over the one that may write.</param>
/// <param name="random">Spreads pauses; a seeded one makes a run repeatable.</param>
public sealed partial class ControllerManager(
    IApiClient client, Func<IApiClient, IMetadataClient> metadata, ControllerManagerOptions options, TimeProvider time, Random random, ILoggerFactory loggers)
{
    private readonly ILogger logger = loggers.CreateLogger<ControllerManager>();

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.LeaderElectionIdentity is not { } identity)
        {
            await LeadAsync(client, cancellationToken);
            return;
        }

        var elector = new LeaderElector(
            client, LeaderElectionOptions.Of("kube-controller-manager", identity, options.LeaderLeaseDuration), time, loggers.CreateLogger<LeaderElector>());
        var fenced = new FencedApiClient(client, () => elector.IsLeading);
        await elector.RunAsync(token => LeadAsync(fenced, token), cancellationToken);
    }

    /// <summary>Caches begin empty each time: what a former leader knew may be old.</summary>
    private async Task LeadAsync(IApiClient writer, CancellationToken cancellationToken)
    {
        var tracking = new TrackingApiClient(writer);
        var informers = new InformerFactory(tracking, InformerOptions.Default, time, random, loggers);
        var events = new EventWriter(writer, time, loggers.CreateLogger<EventWriter>());
        var context = new ControllerContext(tracking, metadata(writer), informers, events, options, time, random, loggers);
        var controllers = ControllerCatalog.Create(context);
        LogStarting(controllers.Count);

        // One that fails must not leave a process behind that looks alive and does half its work.
        using var all = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = controllers.Select(c => c.RunAsync(all.Token))
            .Append(informers.RunAsync(all.Token)).Append(events.RunAsync(all.Token)).ToList();
        await Task.WhenAny(running);
        all.Cancel();
        await Task.WhenAll(running);
    }

    [LoggerMessage(LogLevel.Information, "Running {Count} controllers")]
    private partial void LogStarting(int count);
}
