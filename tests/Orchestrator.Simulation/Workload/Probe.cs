using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Errors;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Simulation.Cluster;
using Orchestrator.Simulation.Invariants;
using Orchestrator.Simulation.Pumping;

namespace Orchestrator.Simulation.Workload;

/// <summary>
/// What a user asks of a cluster at rest, a little of everything that is there, to see that each part is still at work; and then the
/// reverse, so that the state is what it was.
/// </summary>
internal sealed class Probe(ClusterContext context, Script script, ClusterState state, IReadOnlyList<string> nodes)
{
    private const string Space = "probe";
    private const string Nobody = "nobody";

    private readonly SimulatedProcess process = context.NewProcess("probe");
    private readonly HashSet<string> killed = [];
    private ApiClient client = null!;
    private bool isDone;

    /// <summary>One that is closed is opened, else one is closed: some stay open either way.</summary>
    private string Node => script.Cordoned.Order(StringComparer.Ordinal).FirstOrDefault() ?? nodes[0];

    private bool IsClosed => script.Cordoned.Contains(Node);

    public void Start(Func<Task> actions)
    {
        isDone = false;
        process.Start(async () =>
        {
            client ??= context.NewClient(process, "kubectl", Users.Person, 0);
            await actions();
            isDone = true;
        });
    }

    /// <summary>
    /// Each Deployment loses a pod and gets a replica more, each Service loses its pods, each node gets a pod, one is cordoned or not
    /// any more, a namespace comes, and something that belongs to a pod.
    /// </summary>
    public async Task DisturbAsync()
    {
        await CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = Space } });
        await CordonAsync(!IsClosed);
        foreach (var name in nodes)
            await CreateAsync(PodOn(name));
        foreach (var intent in script.Wanted.Values)
            await ScaleAsync(intent.Name, intent.Replicas + 1);
        foreach (var name in script.Exposed)
            await SelectAsync(name, Nobody);
        foreach (var pods in Pods().GroupBy(pod => pod.Metadata.Labels?.GetValueOrDefault("app")).Where(group => group.Key is not null).ToList())
        {
            killed.Add(pods.First().Metadata.Uid!);
            await DeleteAsync<Pod>(User.Namespace, pods.First().Metadata.Name!);
        }

        var owner = Pods().First(pod => pod.Metadata.Name == PodOn(nodes[0]).Metadata.Name);
        await CreateAsync(new ConfigMap
        {
            Metadata = new ObjectMeta
            {
                Name = "probe", Namespace = User.Namespace,
                OwnerReferences = [new OwnerReference { ApiVersion = "v1", Kind = "Pod", Name = owner.Metadata.Name!, Uid = owner.Metadata.Uid! }],
            },
        });
        await CreateAsync(new ConfigMap { Metadata = new ObjectMeta { Name = "probe", Namespace = Space } });
    }

    public async Task RestoreAsync()
    {
        foreach (var intent in script.Wanted.Values)
            await ScaleAsync(intent.Name, intent.Replicas);
        foreach (var name in script.Exposed)
            await SelectAsync(name, name);
        foreach (var name in nodes)
            await DeleteAsync<Pod>(User.Namespace, PodOn(name).Metadata.Name!);
        await CordonAsync(IsClosed);
        await DeleteAsync<Namespace>(null, Space);
    }

    /// <summary>What has not come of <see cref="DisturbAsync"/>.</summary>
    public IEnumerable<string> Unanswered()
    {
        if (!isDone)
            yield return "the user is not answered";
        foreach (var intent in script.Wanted.Values)
        {
            if (state.List<Deployment>().FirstOrDefault(item => item.Metadata.Name == intent.Name)?.Status?.AvailableReplicas != intent.Replicas + 1)
                yield return $"deployment {intent.Name} was scaled, and has not {intent.Replicas + 1} available replicas";
        }

        foreach (var pod in state.List<Pod>().Where(pod => killed.Contains(pod.Metadata.Uid!)))
            yield return $"pod {pod.Metadata.Name} was deleted, and is there";
        foreach (var slice in state.List<EndpointSlice>().Where(slice => script.Exposed.Contains(ServiceOf(slice)) && slice.Endpoints is { Count: > 0 }))
            yield return $"service {ServiceOf(slice)} selects nothing, and has endpoints";
        foreach (var name in nodes)
        {
            if (Pods().FirstOrDefault(pod => pod.Metadata.Name == PodOn(name).Metadata.Name)?.Status?.Phase != "Running")
                yield return $"{name} does not run its pod";
        }

        var taints = state.List<Node>().First(node => node.Metadata.Name == Node).Spec?.Taints ?? [];
        if (taints.Any(taint => taint.Key == "node.kubernetes.io/unschedulable") == IsClosed)
            yield return $"{Node} was {(IsClosed ? "opened" : "cordoned")}, and its taints are not so";
        if (!state.List<ServiceAccount>().Any(account => account.Metadata is { Namespace: Space, Name: "default" }))
            yield return $"namespace {Space} has no service account";
    }

    /// <summary>What has not gone with <see cref="RestoreAsync"/>.</summary>
    public IEnumerable<string> Remains()
    {
        if (!isDone)
            yield return "the user is not answered";
        if (state.List<Namespace>().Any(item => item.Metadata.Name == Space))
            yield return $"namespace {Space} was deleted, and is there";
        if (state.List<ConfigMap>().FirstOrDefault(item => item.Metadata.Name == "probe") is { } left)
            yield return $"configmap {left.Metadata.Namespace}/probe is there, and its owner is not";
    }

    private IEnumerable<Pod> Pods() => state.List<Pod>().Where(pod => pod.Metadata is { Namespace: User.Namespace, DeletionTimestamp: null });

    private static string ServiceOf(EndpointSlice slice) => slice.Metadata.Labels?.GetValueOrDefault("kubernetes.io/service-name") ?? "";

    private static Pod PodOn(string node) => new()
    {
        Metadata = new ObjectMeta { Name = "probe-" + node, Namespace = User.Namespace },
        Spec = new PodSpec { NodeName = node, TerminationGracePeriodSeconds = 5, Containers = [new Container { Name = "main", Image = "registry.local/probe" }] },
    };

    private Task ScaleAsync(string name, int replicas) => PatchAsync<Deployment>(User.Namespace, name, new JsonObject { ["replicas"] = replicas });

    private Task SelectAsync(string name, string app) => PatchAsync<Service>(User.Namespace, name, new JsonObject { ["selector"] = new JsonObject { ["app"] = app } });

    private Task CordonAsync(bool isClosed) => PatchAsync<Node>(null, Node, new JsonObject { ["unschedulable"] = isClosed ? true : null });

    private Task PatchAsync<T>(string? ns, string name, JsonObject spec)
        where T : KubernetesObject =>
        UntilDoneAsync(() => client.PatchAsync<T>(ns, name, PatchType.Merge, new JsonObject { ["spec"] = spec.DeepClone() }, null, CancellationToken.None));

    private Task DeleteAsync<T>(string? ns, string name)
        where T : KubernetesObject => UntilDoneAsync(() => client.DeleteAsync<T>(ns, name, null, CancellationToken.None));

    private Task CreateAsync<T>(T item)
        where T : KubernetesObject =>
        UntilDoneAsync(async () =>
        {
            try
            {
                await client.CreateAsync(item, CancellationToken.None);
            }
            catch (ApiException refusal) when (refusal.Reason == StatusReason.AlreadyExists)
            {
                // By an earlier try.
            }
        });

    /// <summary>Links that were just mended may still break, and a namespace takes a moment to be known everywhere.</summary>
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
                await Task.Delay(TimeSpan.FromMilliseconds(300), process.Clock, CancellationToken.None);
            }
        }
    }
}
