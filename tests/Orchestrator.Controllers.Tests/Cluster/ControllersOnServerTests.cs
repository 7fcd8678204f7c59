using System.Text.Json.Nodes;
using Orchestrator.Api;
using Orchestrator.Api.Apps.V1;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Discovery.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client;
using Orchestrator.Controllers.Tests.Machinery;

namespace Orchestrator.Controllers.Tests.Cluster;

/// <summary>The controller manager, with its own rights only, against a real API server; the test plays kubelet.</summary>
[Category("Cluster"), CancelAfter(120_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ControllersOnServerTests
{
    private readonly ServerFixture server = new();
    private readonly CancellationTokenSource stop = new();
    private readonly ControllerManagerOptions options = new() { LeaderElectionIdentity = "test" };
    private Task running = Task.CompletedTask;
    private ApiClient admin = null!;

    [SetUp]
    public async Task SetUp()
    {
        await server.StartAsync();
        admin = server.Client("admin", "system:masters");
        running = server.Controllers(options with { RootCertificateAuthorityPem = server.AuthorityPem }).RunAsync(stop.Token);
        await admin.CreateAsync(new Node { Metadata = new ObjectMeta { Name = "n1" } }, default);
        await UntilAsync(async () => (await admin.GetAsync<Node>(null, "n1", default)).Spec?.PodCIDR is not null, "the pod range");
        await UntilAsync(() => ExistsAsync<ServiceAccount>("default", "default"), "the default account");
    }

    [TearDown]
    public async Task TearDown()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
        await server.DisposeAsync();
        // While a server restarts, controllers may well complain.
        if (!TestContext.CurrentContext.Test.Name.StartsWith("Server_", StringComparison.Ordinal))
            Assert.That(server.Warnings.Messages, Is.Empty);
    }

    [Test]
    public async Task Deployment_AppliedChangedAndDeleted_DoesWhatUsersExpect()
    {
        await admin.CreateAsync(Objects.Deployment(3), default);
        await admin.CreateAsync(Service(), default);
        await UntilAvailableAsync("web:1", 3);
        await UntilAsync(async () => (await ReadyAddressesAsync()).Count == 3, "three endpoints");

        var deployment = await admin.GetAsync<Deployment>("default", "web", default);
        await admin.UpdateAsync(deployment with { Spec = deployment.Spec! with { Template = Objects.Template("web:2") } }, default);
        await UntilAvailableAsync("web:2", 3);
        Assert.That((await admin.ListAsync<ReplicaSet>("default", ListOptions.All, default)).Items, Has.Count.EqualTo(2));
        Assert.That((await ReadyAddressesAsync()).Count, Is.GreaterThanOrEqualTo(2));

        await admin.DeleteAsync<Deployment>("default", "web", new DeleteOptions { PropagationPolicy = "Background" }, default);
        await UntilAsync(async () => await StepKubeletAsync() == 0, "all pods to be collected");
        await UntilAsync(async () => (await admin.ListAsync<ReplicaSet>("default", ListOptions.All, default)).Items.Count == 0, "ReplicaSets to be collected");
    }

    [Test]
    public async Task Deployment_DeletedInTheForeground_GoesLast()
    {
        await admin.CreateAsync(Objects.Deployment(2), default);
        await UntilAvailableAsync("web:1", 2);
        await admin.DeleteAsync<Deployment>("default", "web", new DeleteOptions { PropagationPolicy = "Foreground" }, default);
        Assert.That(await ExistsAsync<Deployment>("default", "web"), Is.True);
        await UntilAsync(async () => await StepKubeletAsync() == 0 && !await ExistsAsync<Deployment>("default", "web"), "the Deployment to go");
    }

    [Test]
    public async Task Namespace_Deleted_IsEmptiedAndGoes()
    {
        await admin.CreateAsync(new Namespace { Metadata = new ObjectMeta { Name = "a" } }, default);
        await UntilAsync(() => ExistsAsync<ConfigMap>("a", "kube-root-ca.crt"), "the published authority");
        await UntilAsync(() => ExistsAsync<ServiceAccount>("a", "default"), "the default account");
        var deployment = Objects.Deployment(2);
        await admin.CreateAsync(deployment.WithMetadata(deployment.Metadata with { Namespace = "a" }), default);
        await UntilAsync(async () => await StepKubeletAsync("a") == 2, "two pods");

        await admin.DeleteAsync<Namespace>(null, "a", null, default);
        await UntilAsync(
            async () =>
            {
                await StepKubeletAsync("a");
                return !await ExistsAsync<Namespace>(null, "a");
            },
            "the namespace to go");
    }

    [Test]
    public async Task Server_Restarted_ControllersGoOn()
    {
        await admin.CreateAsync(Objects.Deployment(2), default);
        await UntilAvailableAsync("web:1", 2);
        await server.RestartAsync();
        var deployment = await admin.GetAsync<Deployment>("default", "web", default);
        await admin.UpdateAsync(deployment with { Spec = deployment.Spec! with { Replicas = 4 } }, default);
        await UntilAvailableAsync("web:1", 4);
    }

    [Test]
    public async Task Pod_OfADeployment_IsExplainedDownToThePersonWhoMadeIt()
    {
        await admin.CreateAsync(Objects.Deployment(1), default);
        await UntilAvailableAsync("web:1", 1);
        var pod = (await admin.ListAsync<Pod>("default", ListOptions.All, default)).Items.Single();

        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"/apis/lab.orc.dev/v1alpha1/namespaces/default/causes?resource=pods&name={pod.Metadata.Name}");
        using var response = await admin.SendAsync(request, HttpCompletionOption.ResponseContentRead, default);
        var links = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["links"]!.AsArray();
        var steps = links.Select(l => $"{l!["object"]!.GetValue<string>().Split('/')[^3]} by {l["by"]?["cause"]?["controller"] ?? l["by"]?["user"]}").ToList();
        Assert.That(steps, Is.SupersetOf(["pods by replicaset", "replicasets by deployment", "deployments by admin"]));
    }

    [Test]
    public async Task Node_BecomesReady_AnswersDnsAndLosesItsTaints()
    {
        var node = await admin.GetAsync<Node>(null, "n1", default);
        var status = new NodeStatus
        {
            Addresses = [new NodeAddress { Type = "InternalIP", Address = "172.30.0.2" }],
            Conditions = [new NodeCondition { Type = "Ready", Status = "True", LastHeartbeatTime = TimeProvider.System.GetUtcNow() }],
        };
        await admin.UpdateStatusAsync(node with { Metadata = node.Metadata with { ResourceVersion = null }, Status = status }, default);
        await UntilAsync(
            async () => (await admin.ListAsync<EndpointSlice>("kube-system", ListOptions.All, default)).Items.Any(s =>
                s.Endpoints is [{ NodeName: "n1", Conditions.Ready: true, Hints.ForNodes: [{ Name: "n1" }] }]),
            "the node among the DNS endpoints");
        await UntilAsync(async () => (await admin.GetAsync<Node>(null, "n1", default)).Spec?.Taints is null or { Count: 0 }, "the taints to go");
        Assert.That((await admin.GetAsync<Service>("kube-system", "kube-dns", default)).Spec!.ClusterIP, Is.EqualTo("10.96.0.10"));
    }

    [Test]
    public async Task Event_OfACreatedPod_IsThereToBeDescribed()
    {
        await admin.CreateAsync(Objects.ReplicaSet(1), default);
        await UntilAsync(
            async () => (await admin.ListAsync<Event>("default", ListOptions.All, default)).Items.Any(e =>
                e is { Reason: "SuccessfulCreate", InvolvedObject: { Kind: "ReplicaSet", Name: "web" }, Source.Component: "replicaset-controller" }),
            "the Event");
    }

    private static Service Service() => new()
    {
        Metadata = new ObjectMeta { Name = "web", Namespace = "default" },
        Spec = new ServiceSpec { Selector = Objects.App, Ports = [new ServicePort { Port = 80, TargetPort = 8080 }] },
    };

    private async Task<List<string>> ReadyAddressesAsync()
    {
        var slices = await admin.ListAsync<EndpointSlice>("default", new ListOptions { LabelSelector = "kubernetes.io/service-name=web" }, default);
        return [.. slices.Items.SelectMany(s => s.Endpoints ?? []).Where(e => e.Conditions?.Ready == true).Select(e => e.Addresses![0])];
    }

    private Task UntilAvailableAsync(string image, int count) => UntilAsync(
        async () =>
        {
            await StepKubeletAsync();
            var pods = await admin.ListAsync<Pod>("default", ListOptions.All, default);
            var status = (await admin.GetAsync<Deployment>("default", "web", default)).Status;
            return pods.Items.Count == count && pods.Items.All(p => p.Spec!.Containers![0].Image == image)
                && status?.AvailableReplicas == count && status.UpdatedReplicas == count;
        },
        $"{count} pods of {image}");

    /// <summary>Does a kubelet's work once; returns how many pods there are.</summary>
    private async Task<int> StepKubeletAsync(string @namespace = "default")
    {
        var pods = (await admin.ListAsync<Pod>(@namespace, ListOptions.All, default)).Items;
        foreach (var pod in pods)
        {
            if (pod.IsBeingDeleted())
                await admin.DeleteAsync<Pod>(@namespace, pod.Metadata.Name!, new DeleteOptions { GracePeriodSeconds = 0 }, default);
            else if (pod.Status?.Phase == "Pending")
                await RunAsync(pod, pods.Count);
        }

        return pods.Count;
    }

    private async Task RunAsync(Pod pod, int number)
    {
        if (string.IsNullOrEmpty(pod.Spec?.NodeName))
        {
            var binding = new Binding { Metadata = new ObjectMeta { Name = pod.Metadata.Name, Namespace = pod.Metadata.Namespace }, Target = new ObjectReference { Kind = "Node", Name = "n1" } };
            await admin.CreateSubresourceAsync<Pod, Binding, Status>(pod.Metadata.Namespace, pod.Metadata.Name!, "binding", binding, default);
            pod = await admin.GetAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name!, default);
        }

        var ip = $"10.244.{number}.{Math.Abs(StringComparer.Ordinal.GetHashCode(pod.Metadata.Name!)) % 250}";
        var ready = new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = TimeProvider.System.GetUtcNow() };
        var status = pod.Status! with { Phase = "Running", PodIP = ip, PodIPs = [new PodIP { Ip = ip }], Conditions = [ready] };
        await admin.UpdateStatusAsync(pod with { Metadata = pod.Metadata with { ResourceVersion = null }, Status = status }, default);
    }

    private async Task<bool> ExistsAsync<T>(string? @namespace, string name)
        where T : KubernetesObject
    {
        try
        {
            await admin.GetAsync<T>(@namespace, name, default);
            return true;
        }
        catch (Api.Errors.ApiException e) when (e.Reason == Api.Errors.StatusReason.NotFound)
        {
            return false;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(startedAt) > TimeSpan.FromSeconds(20))
                throw new TimeoutException($"waited 20 s for {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
