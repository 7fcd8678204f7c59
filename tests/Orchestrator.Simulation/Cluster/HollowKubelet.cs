using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Api.Serialization;
using Orchestrator.Client;
using Orchestrator.Client.Informers;
using Orchestrator.Client.Queues;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Cluster;

/// <summary>
/// A kubelet without containers: registers its node, renews the Lease, reports the node as ready, takes bound pods to Running and
/// Ready after a moment, and ends them when they are deleted. What it says of a pod follows from the pod alone, so it can die and
/// come back.
/// </summary>
internal sealed class HollowKubelet(ClusterContext context, int index) : IComponent
{
    private const string LeaseNamespace = "kube-node-lease";
    private static readonly TimeSpan HeartbeatPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromMilliseconds(500);

    public string Name { get; } = NameOf(index);

    public SimulatedProcess? Process { get; private set; }

    public static string NameOf(int index) => $"node-{index + 1}";

    public void Start()
    {
        var process = Process = context.NewProcess(Name);
        process.StartMain(() => new Life(this, context, process, index).RunAsync());
    }

    /// <summary>From one start to the end of the process.</summary>
    private sealed class Life
    {
        private readonly string name;
        private readonly int index;
        private readonly SimulatedProcess process;
        private readonly Random random;
        private readonly ApiClient client;
        private readonly InformerFactory informers;
        private readonly IInformer<Pod> pods;
        private readonly WorkQueue<ObjectKey> queue;

        public Life(HollowKubelet kubelet, ClusterContext context, SimulatedProcess process, int index)
        {
            name = kubelet.Name;
            this.index = index;
            this.process = process;
            random = context.RandomFor(name);
            client = context.NewClient(process, "kubelet", Users.Node(name), index);
            informers = new InformerFactory(client, InformerOptions.Default, process.Clock, random, context.LoggersOf(process));
            pods = informers.For<Pod>("spec.nodeName=" + name);
            queue = new WorkQueue<ObjectKey>("pods", process.Clock);
            pods.AddHandler(change => queue.AddAfter(change.Object.Key(), TimeSpan.FromMilliseconds(random.Next(1500))));
        }

        public async Task RunAsync()
        {
            await UntilDoneAsync(RegisterAsync);
            var first = await Task.WhenAny(
                informers.RunAsync(CancellationToken.None), BeatAsync(RenewLeaseAsync), BeatAsync(ReportAsync), WorkAsync(), WorkAsync());
            await first;
        }

        private async Task BeatAsync(Func<Task> beat)
        {
            while (true)
            {
                await UntilDoneAsync(beat);
                await Task.Delay(HeartbeatPeriod, process.Clock, CancellationToken.None);
            }
        }

        private async Task UntilDoneAsync(Func<Task> action)
        {
            while (true)
            {
                try
                {
                    await action();
                    return;
                }
                catch (ApiException)
                {
                    await Task.Delay(RetryPeriod, process.Clock, CancellationToken.None);
                }
            }
        }

        private async Task RegisterAsync()
        {
            try
            {
                await client.CreateAsync(
                    new Node { Metadata = new() { Name = name, Labels = new Dictionary<string, string> { ["kubernetes.io/hostname"] = name } }, Status = Status() },
                    CancellationToken.None);
            }
            catch (ApiException refusal) when (refusal.Reason == StatusReason.AlreadyExists)
            {
                // From an earlier life.
            }
        }

        private async Task ReportAsync()
        {
            var patch = new JsonObject { ["status"] = JsonNode.Parse(ApiJson.Serialize(Status())) };
            try
            {
                await client.PatchAsync<Node>(null, name, PatchType.StrategicMerge, patch, "status", CancellationToken.None);
            }
            catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
            {
                await RegisterAsync();
            }
        }

        private async Task RenewLeaseAsync()
        {
            var spec = new LeaseSpec { HolderIdentity = name, LeaseDurationSeconds = 40, RenewTime = process.Clock.GetUtcNow() };
            try
            {
                var lease = await client.GetAsync<Lease>(LeaseNamespace, name, CancellationToken.None);
                await client.UpdateAsync(lease with { Spec = spec }, CancellationToken.None);
            }
            catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
            {
                await client.CreateAsync(new Lease { Metadata = new() { Name = name, Namespace = LeaseNamespace }, Spec = spec }, CancellationToken.None);
            }
        }

        private async Task WorkAsync()
        {
            while (await queue.TakeAsync(CancellationToken.None) is { } item)
            {
                try
                {
                    if (pods.Lister.Find(item.Key) is { } pod)
                        await SyncAsync(pod);
                    queue.Forget(item.Key);
                }
                catch (ApiException refusal) when (refusal.Reason == StatusReason.NotFound)
                {
                    queue.Forget(item.Key);
                }
                catch (ApiException)
                {
                    queue.AddWithBackoff(item.Key);
                }
                finally
                {
                    queue.Done(item.Key);
                }
            }
        }

        private async Task SyncAsync(Pod pod)
        {
            if (pod.IsBeingDeleted())
            {
                var now = new DeleteOptions { GracePeriodSeconds = 0, Preconditions = new Preconditions { Uid = pod.Metadata.Uid } };
                await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, now, CancellationToken.None);
            }
            else if (pod.Status?.Phase is not ("Succeeded" or "Failed") && !IsReady(pod))
            {
                var patch = new JsonObject
                {
                    ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid },
                    ["status"] = JsonNode.Parse(ApiJson.Serialize(Running(pod))),
                };
                await client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, PatchType.StrategicMerge, patch, "status", CancellationToken.None);
            }
        }

        private static bool IsReady(Pod pod) =>
            pod.Status is { Phase: "Running", Conditions: { } conditions } && conditions.Any(one => one is { Type: "Ready", Status: "True" });

        private PodStatus Running(Pod pod)
        {
            var now = process.Clock.GetUtcNow();
            // From the pod alone: an earlier try of which nothing was heard said the same.
            var address = $"10.244.{index}.{2 + (pod.Metadata.Uid!.Sum(character => character * 31) % 250)}";
            return new PodStatus
            {
                Phase = "Running", PodIP = address, PodIPs = [new PodIP { Ip = address }], HostIP = $"172.30.0.{index + 2}", StartTime = pod.Status?.StartTime ?? now,
                Conditions =
                [
                    .. new[] { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady" }
                        .Select(type => new PodCondition { Type = type, Status = "True", LastTransitionTime = now }),
                ],
                ContainerStatuses =
                [
                    .. (pod.Spec?.Containers ?? []).Select(container => new ContainerStatus
                    {
                        Name = container.Name, Image = container.Image, ImageID = container.Image, Ready = true, Started = true, RestartCount = 0,
                        State = new ContainerState { Running = new ContainerStateRunning { StartedAt = now } },
                    }),
                ],
            };
        }

        private NodeStatus Status()
        {
            var now = process.Clock.GetUtcNow();
            var room = new Dictionary<string, Quantity>
            {
                ["cpu"] = Quantity.Parse("8"), ["memory"] = Quantity.Parse("16Gi"), ["pods"] = Quantity.Parse("110"),
            };
            return new NodeStatus
            {
                Capacity = room, Allocatable = room,
                Addresses = [new NodeAddress { Type = "InternalIP", Address = $"172.30.0.{index + 2}" }],
                Conditions = [new NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "hollow", LastHeartbeatTime = now, LastTransitionTime = now }],
            };
        }
    }
}
