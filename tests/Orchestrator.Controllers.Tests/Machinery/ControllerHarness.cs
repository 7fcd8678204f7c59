using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Events;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Reconciling;
using Orchestrator.Controllers.Machinery;
using Orchestrator.Testing;

namespace Orchestrator.Controllers.Tests.Machinery;

/// <summary>Controllers running against a cluster in memory, with a kubelet that a test moves step by step.</summary>
internal sealed class ControllerHarness : IAsyncDisposable
{
    private readonly TrackedContext context = new();
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> running = [];
    private readonly List<IController> controllers = [];

    public ControllerHarness(ControllerManagerOptions? options = null)
    {
        Cluster = new FakeCluster(Clock);
        var client = new TrackingApiClient(Cluster);
        var informers = new InformerFactory(client, InformerOptions.Default, Clock, new Random(1), NullLoggerFactory.Instance);
        var events = new EventWriter(Cluster, Clock, NullLogger<EventWriter>.Instance);
        Context = new ControllerContext(
            client, Cluster, informers, events, options ?? new ControllerManagerOptions(), Clock, new Random(1), NullLoggerFactory.Instance);
    }

    public FakeClock Clock { get; } = new();

    public FakeCluster Cluster { get; }

    public ControllerContext Context { get; }

    /// <summary>Whether the step-by-step kubelet makes pods ready; false leaves them running but not ready.</summary>
    public Func<Pod, bool> BecomesReady { get; set; } = _ => true;

    public ControllerHarness Start(params Func<ControllerContext, IController>[] create)
    {
        controllers.AddRange(create.Select(c => c(Context)));
        running.Add(context.Start(() => Context.Informers.RunAsync(stop.Token)));
        running.Add(context.Start(() => Context.Events.RunAsync(stop.Token)));
        running.AddRange(controllers.Select(c => context.Start(() => c.RunAsync(stop.Token))));
        return this;
    }

    /// <summary>Waits until controllers and informers have done all there is to do now.</summary>
    public Task QuietAsync() => context.QuietAsync();

    /// <summary>Lets controllers and kubelet take turns until neither has anything to do.</summary>
    public async Task ConvergeAsync()
    {
        do
            await QuietAsync();
        while (await StepKubeletAsync());
    }

    /// <summary>Lets everything be looked at again and fails on any write: the second pass must not make one.</summary>
    public async Task AssertNoWritesOnSecondPassAsync<T>()
        where T : KubernetesObject
    {
        await ConvergeAsync();
        Cluster.ForgetRequests();
        foreach (var controller in controllers.OfType<Controller>())
        {
            foreach (var item in Cluster.All<T>())
                controller.Enqueue(item.Key());
        }

        await QuietAsync();
        Assert.That(Cluster.Writes, Is.Empty);
    }

    /// <summary>Binds pods, runs them, and ends those that are to be deleted.</summary>
    public async Task<bool> StepKubeletAsync()
    {
        var changed = false;
        foreach (var pod in Cluster.All<Pod>())
        {
            if (pod.IsBeingDeleted())
                changed |= await Cluster.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, new DeleteOptions { GracePeriodSeconds = 0 }, default);
            else if (pod.Status?.Phase == "Pending")
            {
                await RunAsync(pod);
                changed = true;
            }
        }

        return changed;
    }

    public IReadOnlyList<string> Events() => [.. Cluster.All<Event>().Select(e => $"{e.Reason}: {e.Message}")];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        stop.Dispose();
    }

    private async Task RunAsync(Pod pod)
    {
        if (string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            await Cluster.CreateSubresourceAsync<Pod, Binding, Status>(
                pod.Metadata.Namespace, pod.Metadata.Name!, "binding", new Binding { Target = new ObjectReference { Name = "n1" } }, default);
        }

        var bound = Cluster.Find<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!)!;
        var number = Cluster.All<Pod>().Count;
        await Cluster.UpdateStatusAsync(
            bound with
            {
                Status = bound.Status! with
                {
                    Phase = "Running",
                    PodIP = $"10.244.0.{number}",
                    PodIPs = [new PodIP { Ip = $"10.244.0.{number}" }],
                    Conditions =
                    [
                        new PodCondition { Type = "Ready", Status = BecomesReady(pod) ? "True" : "False", LastTransitionTime = Clock.GetUtcNow() },
                    ],
                },
            },
            default);
    }
}
