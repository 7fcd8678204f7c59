using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Client.Causes;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Scheduler.Cache;
using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Queue;
using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Scheduler;

/// <summary>
/// The scheduling loop: pop a pod, take a snapshot, place it, count it there, and bind it off the loop. One loop places one pod at a
/// time, so two pods never take the same room; bindings run beside it.
/// </summary>
public sealed partial class PodScheduler : IDisposable
{
    private readonly IApiClient client;
    private readonly IEventRecorder events;
    private readonly SchedulerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger<PodScheduler> logger;
    private readonly SchedulerCache cache;
    private readonly SchedulingQueue queue;
    private readonly PlacementAlgorithm algorithm;
    private readonly SemaphoreSlim bindingSlots;
    private readonly HashSet<Task> bindings = [];
    private readonly Task synced;
    private long cycles;

    /// <param name="random">Breaks ties; seeded in simulations. Used by the loop only.</param>
    public PodScheduler(
        IApiClient client, IInformerFactory informers, IEventRecorder events, SchedulerOptions options, PluginSet plugins,
        TimeProvider time, Random random, ILogger<PodScheduler> logger)
    {
        this.client = client;
        this.events = events;
        this.options = options;
        this.time = time;
        this.logger = logger;
        cache = new SchedulerCache(new ClusterObjects(informers));
        queue = new SchedulingQueue(time);
        algorithm = new PlacementAlgorithm(plugins, random);
        bindingSlots = new SemaphoreSlim(options.MaxBindingsInFlight);
        Traces = new TraceStore(options.TraceCapacity);
        synced = Watch(informers);
    }

    /// <summary>The last attempt for each pod; a <see cref="TracePublisher"/> makes them known.</summary>
    public TraceStore Traces { get; }

    /// <summary>Places pods until cancelled; bindings under way are finished first.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await synced.WaitAsync(cancellationToken);
        try
        {
            while (true)
                await ScheduleOneAsync(await queue.PopAsync(cancellationToken), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(bindings);
            throw;
        }
    }

    public void Dispose()
    {
        queue.Dispose();
        bindingSlots.Dispose();
    }

    private Task Watch(IInformerFactory informers)
    {
        var nodes = informers.For<Node>();
        var pods = informers.For<Pod>();
        var claims = informers.For<PersistentVolumeClaim>();
        var volumes = informers.For<PersistentVolume>();
        nodes.AddHandler(OnNode);
        pods.AddHandler(OnPod);
        claims.AddHandler(_ => queue.Notice(ClusterEvent.VolumeChanged));
        volumes.AddHandler(_ => queue.Notice(ClusterEvent.VolumeChanged));
        return Task.WhenAll(
            nodes.Synced, pods.Synced, claims.Synced, volumes.Synced, informers.For<Namespace>().Synced,
            informers.For<Service>().Synced, informers.For<Api.Apps.V1.ReplicaSet>().Synced);
    }

    private void OnNode(InformerChange<Node> change)
    {
        if (change.New is not { } node)
        {
            cache.RemoveNode(change.Old!.Metadata.Name!);
            return;
        }

        cache.SetNode(node);
        if (change.Old is null)
            queue.Notice(ClusterEvent.NodeAdded);
        else if (NodeChanges.Matter(change.Old, node))
            queue.Notice(ClusterEvent.NodeChanged);
    }

    private void OnPod(InformerChange<Pod> change)
    {
        var uid = change.Object.Metadata.Uid ?? "";
        if (change.New is not { } pod || pod.Status?.Phase is "Succeeded" or "Failed")
        {
            queue.Remove(uid);
            cache.RemovePod(uid);
            queue.Notice(ClusterEvent.PodRemoved);
        }
        else if (!string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            queue.Remove(uid);
            cache.SetPod(new PodInfo(pod));
            if (string.IsNullOrEmpty(change.Old?.Spec?.NodeName))
                queue.Notice(ClusterEvent.PodPlaced);
        }
        else if (pod.IsBeingDeleted())
            queue.Remove(uid);
        else if (pod.Spec?.SchedulerName == options.SchedulerName && !cache.IsAssumed(uid))
            queue.Set(new PodInfo(pod));
    }

    private async Task ScheduleOneAsync(QueuedPod queued, CancellationToken cancellationToken)
    {
        var pod = queued.Pod;
        queued.LastAttemptAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        var snapshot = cache.Snapshot();
        var placement = algorithm.Place(new SchedulingCycle(pod, snapshot));
        var message = placement.Node is null ? placement.Describe(snapshot.Nodes.Count) : "";
        Traces.Add(new PlacementTrace(
            pod.Key, pod.Uid, queued.Attempts, queued.LastAttemptAt, time.GetElapsedTime(began), snapshot.Nodes.Count, placement.Node, message,
            placement.Refusal, placement.Rejections, placement.ScorePlugins, placement.Scores));
        Cause.Current = CauseOf(pod);
        if (placement.Node is { } node)
        {
            cache.Assume(pod, node);
            await bindingSlots.WaitAsync(cancellationToken);
            Track(BindAsync(queued, node));
        }
        else
        {
            LogUnschedulable(pod.Key, message);
            queue.ReturnUnschedulable(queued, placement.RejectingPlugins);
            Track(ReportUnschedulableAsync(pod, message));
        }
    }

    // Writes are started here and not awaited by the loop; the set lets RunAsync finish them.
    private void Track(Task task)
    {
        bindings.RemoveWhere(done => done.IsCompleted);
        bindings.Add(task);
    }

    // A binding once begun is finished whatever happens to the loop: half a placement helps nobody.
    private async Task BindAsync(QueuedPod queued, string node)
    {
        var pod = queued.Pod;
        try
        {
            var binding = new Binding
            {
                Metadata = new ObjectMeta { Name = pod.Key.Name, Namespace = pod.Key.Namespace, Uid = pod.Uid },
                Target = new ObjectReference { Kind = "Node", Name = node },
            };
            await client.CreateSubresourceAsync<Pod, Binding, Status>(pod.Key.Namespace, pod.Key.Name, "binding", binding, CancellationToken.None);
            queue.Remove(pod.Uid);
            LogBound(pod.Key, node);
            events.Normal(pod.Pod, "Scheduled", $"Successfully assigned {pod.Key} to {node}");
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            cache.Forget(pod.Uid); // Deleted meanwhile.
            queue.Remove(pod.Uid);
        }
        catch (ApiException exception)
        {
            LogBindingFailed(pod.Key, node, exception.Message);
            cache.Forget(pod.Uid);
            queue.ReturnFailed(queued);
        }
        catch (Exception exception)
        {
            // A fault of ours. The pod must not be lost over it: it is tried again, with the backoff of one that failed.
            LogBindingBroke(exception, pod.Key, node);
            cache.Forget(pod.Uid);
            queue.ReturnFailed(queued);
        }
        finally
        {
            bindingSlots.Release();
        }
    }

    private async Task ReportUnschedulableAsync(PodInfo pod, string message)
    {
        events.Warning(pod.Pod, "FailedScheduling", message);
        var current = pod.Pod.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "PodScheduled");
        if (current?.Status == "False" && current.Message == message)
            return;
        var patch = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = "PodScheduled",
                    ["status"] = "False",
                    ["reason"] = "Unschedulable",
                    ["message"] = message,
                    ["lastTransitionTime"] = Api.Serialization.TimeConverter.Format(
                        current?.Status == "False" && current.LastTransitionTime is { } since ? since : time.GetUtcNow()),
                }),
            },
        };
        try
        {
            await client.PatchAsync<Pod>(pod.Key.Namespace, pod.Key.Name, PatchType.StrategicMerge, patch, "status", CancellationToken.None);
        }
        catch (ApiException exception) when (exception.Reason == StatusReason.NotFound)
        {
            queue.Remove(pod.Uid); // Deleted meanwhile.
        }
        catch (ApiException exception)
        {
            LogReportFailed(pod.Key, exception.Message); // The next attempt reports again.
        }
        catch (Exception exception)
        {
            LogReportBroke(exception, pod.Key);
        }
    }

    private Cause CauseOf(PodInfo pod) => new(
        "scheduler", $"scheduler-{++cycles}", $"v1/pods/{pod.Key}",
        long.TryParse(pod.Pod.Metadata.ResourceVersion, out var revision) ? [revision] : []);
}
