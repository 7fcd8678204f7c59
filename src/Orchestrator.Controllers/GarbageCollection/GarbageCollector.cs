using System.Globalization;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Errors;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Metadata;
using Orchestrator.Client.Queues;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;

namespace Orchestrator.Controllers.GarbageCollection;

/// <summary>
/// Deletes objects whose owners are gone, and carries out foreground deletion and orphaning. Watches the metadata of all kinds the
/// server offers and looks for new kinds now and then. Keys are uids.
/// </summary>
internal sealed partial class GarbageCollector : IController
{
    private static readonly TimeSpan DiscoveryPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DiscoveryRetry = TimeSpan.FromMilliseconds(250);

    /// <summary>Events are many, own nothing and are owned by nothing.</summary>
    private static readonly HashSet<string> IgnoredResources = ["events", "events.events.k8s.io"];

    private readonly ControllerContext context;
    private readonly ILogger logger;
    private readonly WorkQueue<ObjectKey> queue;
    private readonly OwnerGraph graph;
    private readonly KindCatalog kinds = new();
    private readonly Dictionary<GroupVersionResource, (Task Running, CancellationTokenSource Stop, Task Synced)> watches = [];

    private GarbageCollector(ControllerContext context)
    {
        this.context = context;
        logger = context.Loggers.CreateLogger<GarbageCollector>();
        queue = new WorkQueue<ObjectKey>(Name, context.Time);
        graph = new OwnerGraph((uid, revision) => queue.Add(new ObjectKey("", uid), revision));
    }

    public string Name => "garbage-collector";

    public bool IsIdle => queue.IsIdle;

    public static IController Create(ControllerContext context) => new GarbageCollector(context);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using (queue)
        {
            var reconciler = new GarbageReconciler(
                context.Metadata, graph, kinds, context.Events.For("garbage-collector-controller"), context.Loggers.CreateLogger<GarbageReconciler>());
            var options = new ControllerOptions
            {
                Name = Name, Resource = new GroupVersionResource("", "v1", "objects"), Workers = context.Options.GarbageCollectorWorkers,
            };
            var runner = new ControllerRunner(options, queue, reconciler, context.Informers, context.Time, logger);
            var firstDiscovery = new TaskCompletionSource();
            var discovering = DiscoverAsync(firstDiscovery, cancellationToken);
            await runner.RunAsync([firstDiscovery.Task], cancellationToken);
            await discovering;
        }
    }

    private async Task DiscoverAsync(TaskCompletionSource first, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var succeeded = await TryDiscoverAsync(cancellationToken);
                if (succeeded && !first.Task.IsCompleted)
                {
                    await Task.WhenAll(watches.Values.Select(w => w.Synced)).WaitAsync(cancellationToken);
                    first.TrySetResult();
                }

                await Task.Delay(succeeded ? DiscoveryPeriod : DiscoveryRetry, context.Time, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            foreach (var (running, stop, _) in watches.Values)
            {
                await running;
                stop.Dispose();
            }
        }
    }

    private async Task<bool> TryDiscoverAsync(CancellationToken cancellationToken)
    {
        try
        {
            var found = await context.Metadata.DiscoverAsync(cancellationToken);
            kinds.Replace(found);
            var wanted = found.Where(IsCollected).Select(k => k.Resource).ToHashSet();
            foreach (var resource in wanted)
            {
                if (!watches.ContainsKey(resource))
                    watches.Add(resource, Watch(resource, cancellationToken));
            }

            foreach (var resource in watches.Keys.Except(wanted).ToArray())
                await StopAsync(resource);
            return true;
        }
        catch (ApiException e)
        {
            LogDiscoveryFailed(e.Message);
            return false;
        }
    }

    private (Task, CancellationTokenSource, Task) Watch(GroupVersionResource resource, CancellationToken cancellationToken)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var feed = new GraphFeed(graph, resource);
        var reflector = new Reflector<PartialObjectMetadata>(
            new MetadataListWatch(context.Metadata, resource), feed, InformerOptions.Default, context.Time, context.Random, logger);
        return (reflector.RunAsync(stop.Token), stop, feed.Synced);
    }

    private async Task StopAsync(GroupVersionResource resource)
    {
        watches.Remove(resource, out var watch);
        watch.Stop.Cancel();
        await watch.Running;
        watch.Stop.Dispose();
        graph.RemoveAllBut(resource, new HashSet<string>(), 0);
    }

    private static bool IsCollected(DiscoveredResource kind) =>
        kind.Supports("list") && kind.Supports("watch") && kind.Supports("delete") && !IgnoredResources.Contains(kind.Resource.QualifiedResource);

    /// <summary>Passes one kind's changes on to the graph.</summary>
    private sealed class GraphFeed(OwnerGraph graph, GroupVersionResource resource) : IReflectorSink<PartialObjectMetadata>
    {
        private readonly TaskCompletionSource synced = new();

        public Task Synced => synced.Task;

        public void Replace(IReadOnlyList<PartialObjectMetadata> items, string? resourceVersion)
        {
            foreach (var item in items)
                graph.Upsert(resource, item, Controller.RevisionOf(item));
            var present = items.Select(i => i.Metadata.Uid ?? "").ToHashSet();
            graph.RemoveAllBut(resource, present, long.TryParse(resourceVersion, CultureInfo.InvariantCulture, out var revision) ? revision : 0);
            synced.TrySetResult();
        }

        public void Apply(WatchEvent<PartialObjectMetadata> change)
        {
            if (change.Type is WatchEventType.Added or WatchEventType.Modified)
                graph.Upsert(resource, change.Object, Controller.RevisionOf(change.Object));
            else if (change is { Type: WatchEventType.Deleted, Object.Metadata.Uid: { } uid })
                graph.Remove(uid, Controller.RevisionOf(change.Object));
        }
    }

    [LoggerMessage(LogLevel.Debug, "Discovery failed, trying again: {Reason}")]
    private partial void LogDiscoveryFailed(string reason);
}
