namespace Orchestrator.ApiServer.Tests.Authorization;

/// <summary>The node authorizer and NodeRestriction together: what a kubelet may and may not.</summary>
public sealed class NodeTests
{
    private const string Node1 = "system:node:node1";
    private const string Namespace = "/api/v1/namespaces/default";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await ClusterServer.StartAsync();
        await server.PostAsync($"{Namespace}/serviceaccounts", Bodies.ServiceAccount("default"));
        await server.PostAsync("/api/v1/nodes", Bodies.Node("node1"), Node1);
        foreach (var name in (string[])["used", "other"])
            await server.PostAsync($"{Namespace}/secrets", $$$"""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"{{{name}}}"},"stringData":{"a":"b"}}""");
        await server.PostAsync($"{Namespace}/pods", Bodies.Pod("mine", """,  "volumes":[{"name":"v","secret":{"secretName":"used"}}]"""));
        await server.PostAsync($"{Namespace}/pods", Bodies.Pod("foreign"));
        await server.PostAsync($"{Namespace}/pods/mine/binding", Bodies.Binding("mine", "node1"));
        await server.PostAsync($"{Namespace}/pods/foreign/binding", Bodies.Binding("foreign", "node2"));
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [TestCase("secrets/used", 200)]
    [TestCase("secrets/other", 403)]
    [TestCase("secrets", 403)]
    [TestCase("secrets?fieldSelector=metadata.name%3Dused", 200)]
    [TestCase("pods/mine", 200)]
    [TestCase("pods/foreign", 403)]
    [TestCase("pods", 403)]
    [TestCase("pods?fieldSelector=spec.nodeName%3Dnode1", 200)]
    [TestCase("pods?fieldSelector=spec.nodeName%3Dnode2", 403)]
    [TestCase("serviceaccounts/default", 200)]
    [TestCase("services", 200)]
    public async Task Read_OfANamespace_IsLimitedToOwnPods(string path, int code)
    {
        Assert.That((await server.GetAsync($"{Namespace}/{path}", Node1)).Code, Is.EqualTo(code));
    }

    [TestCase("/api/v1/services")]
    [TestCase("/api/v1/namespaces")]
    [TestCase("/apis/discovery.k8s.io/v1/endpointslices")]
    public async Task List_OfWhatDnsAnswersFrom_IsANodes(string path) =>
        Assert.That((await server.GetAsync(path, Node1)).Code, Is.EqualTo(200));

    [Test]
    public async Task Read_SecretOfNoPod_SaysWhy()
    {
        Assert.That((await server.GetAsync($"{Namespace}/secrets/other", Node1)).Message,
            Does.EndWith(": no relationship found between node 'node1' and this object"));
    }

    [Test]
    public async Task Node_NewlyRegistered_IsTaintedUntilReady()
    {
        var node = (await server.GetAsync("/api/v1/nodes/node1", Node1)).Json;

        Assert.That(node["spec"]!["taints"]![0]!["key"]!.GetValue<string>(), Is.EqualTo("node.kubernetes.io/not-ready"));
        Assert.That(node["status"]!["allocatable"]!["cpu"]!.GetValue<string>(), Is.EqualTo("2"), "what there is can be given out");
    }

    [TestCase("""{"metadata":{"labels":{"plain":"x"}}}""", 200)]
    [TestCase("""{"metadata":{"labels":{"kubernetes.io/hostname":"node1"}}}""", 200)]
    [TestCase("""{"metadata":{"labels":{"node-restriction.kubernetes.io/tier":"x"}}}""", 403)]
    [TestCase("""{"metadata":{"labels":{"node-role.kubernetes.io/control-plane":""}}}""", 403)]
    [TestCase("""{"spec":{"taints":[]}}""", 403)]
    public async Task Node_Update_OfOwnObjectIsLimited(string patch, int code)
    {
        Assert.That((await server.PatchAsync("/api/v1/nodes/node1", patch, Node1)).Code, Is.EqualTo(code));
    }

    [Test]
    public async Task Node_UpdateOfAnother_IsRefused()
    {
        await server.PostAsync("/api/v1/nodes", Bodies.Node("node2"), "system:node:node2");
        var answer = await server.PatchAsync("/api/v1/nodes/node2/status", """{"status":{"phase":"x"}}""", Node1);

        Assert.That(answer.Message, Does.Contain("node \"node1\" is not allowed to modify node \"node2\""));
    }

    [Test]
    public async Task PodStatus_OfAForeignPod_IsRefused()
    {
        var own = await server.PatchAsync($"{Namespace}/pods/mine/status", """{"status":{"phase":"Running"}}""", Node1);
        var foreign = await server.PatchAsync($"{Namespace}/pods/foreign/status", """{"status":{"phase":"Running"}}""", Node1);

        Assert.That(own.Code, Is.EqualTo(200), own.Text);
        Assert.That(foreign.Code, Is.EqualTo(403));
    }

    [Test]
    public async Task Token_OnlyForOwnPodsAndBoundToThem()
    {
        var uid = (await server.GetAsync($"{Namespace}/pods/mine")).Json["metadata"]!["uid"]!.GetValue<string>();
        var path = $"{Namespace}/serviceaccounts/default/token";

        var open = await server.PostAsync(path, """{"spec":{}}""", Node1);
        var bound = await server.PostAsync(path, $$$$"""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"mine","uid":"{{{{uid}}}}"}}}""", Node1);
        var foreign = await server.PostAsync(path, $$$$"""{"spec":{"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"foreign","uid":"{{{{uid}}}}"}}}""", Node1);

        Assert.That(open.Message, Does.Contain("node requested token not bound to a pod"));
        Assert.That(bound.Code, Is.EqualTo(201), bound.Text);
        Assert.That(foreign.Message, Does.Contain("node requested token bound to a pod scheduled on a different node"));
    }

    [TestCase("node1", 201)]
    [TestCase("node2", 403)]
    public async Task Lease_OfTheOwnNode_CanBeMade(string name, int code)
    {
        var answer = await server.PostAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
            $$$"""{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"{{{name}}}"},"spec":{"holderIdentity":"x","leaseDurationSeconds":40}}""", Node1);

        Assert.That(answer.Code, Is.EqualTo(code), answer.Text);
    }

    [Test]
    public async Task Pod_ThatIsNoMirror_CannotBeMadeByAKubelet()
    {
        var answer = await server.PostAsync($"{Namespace}/pods", Bodies.Pod("made", ",\"nodeName\":\"node1\""), Node1);

        Assert.That(answer.Message, Does.Contain("node \"node1\" can only create mirror pods"));
    }
}
