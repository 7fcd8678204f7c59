namespace Orchestrator.ApiServer.Tests.Resources.Apps;

public sealed class WorkloadTests
{
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";
    private const string ReplicaSets = "/apis/apps/v1/namespaces/default/replicasets";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => server = await ClusterServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Deployment_Minimal_GetsItsDefaults()
    {
        var spec = (await server.PostAsync(Deployments, Bodies.Deployment("defaults"))).Json["spec"]!;

        Assert.Multiple(() =>
        {
            Assert.That(spec["replicas"]!.GetValue<int>(), Is.EqualTo(1));
            Assert.That(spec["strategy"]!.ToJsonString(), Is.EqualTo("""{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}}"""));
            Assert.That(spec["revisionHistoryLimit"]!.GetValue<int>(), Is.EqualTo(10));
            Assert.That(spec["progressDeadlineSeconds"]!.GetValue<int>(), Is.EqualTo(600));
            Assert.That(spec["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"]!.GetValue<string>(), Is.EqualTo("IfNotPresent"));
        });
    }

    [Test]
    public async Task Deployment_LabelsThatDoNotMatch_AreRefused()
    {
        var answer = await server.PostAsync(Deployments, Bodies.Deployment("bad", label: "other"));

        Assert.That(answer.Message, Is.EqualTo(
            "Deployment.apps \"bad\" is invalid: spec.template.metadata.labels: Invalid value: {\"app\":\"other\"}: `selector` does not match template `labels`"));
    }

    [Test]
    public async Task Deployment_OtherSelector_IsRefused()
    {
        await server.PostAsync(Deployments, Bodies.Deployment("fixed"));
        var answer = await server.PatchAsync($"{Deployments}/fixed", """{"spec":{"selector":{"matchLabels":{"app":null,"b":"c"}}}}""");

        Assert.That(answer.Message, Does.Contain("spec.selector: Invalid value: {\"matchLabels\":{\"b\":\"c\"}}: field is immutable"));
    }

    [TestCase(""","replicas":-1""", "spec.replicas: Invalid value: -1: must be greater than or equal to 0")]
    [TestCase(""","strategy":{"type":"Slowly"}""", "spec.strategy.type: Unsupported value: \"Slowly\": supported values: \"Recreate\", \"RollingUpdate\"")]
    [TestCase(""","strategy":{"type":"Recreate","rollingUpdate":{"maxSurge":1}}""", "may not be specified when strategy `type` is 'Recreate'")]
    [TestCase(""","strategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":0}}""", "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0")]
    [TestCase(""","strategy":{"rollingUpdate":{"maxSurge":"many"}}""", "a valid percent string must be a numeric string followed by an ending '%'")]
    [TestCase(""","minReadySeconds":700""", "spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds")]
    public async Task Deployment_FaultySpec_IsRefused(string extra, string words)
    {
        var answer = await server.PostAsync(Deployments, Bodies.Deployment("bad", extra: extra));

        Assert.That(answer.Code, Is.EqualTo(422), answer.Text);
        Assert.That(answer.Message, Does.Contain(words));
    }

    [Test]
    public async Task Deployment_Scaled_BumpsItsGeneration()
    {
        await server.PostAsync(Deployments, Bodies.Deployment("scaled"));
        var scale = await server.PatchAsync($"{Deployments}/scaled/scale", """{"spec":{"replicas":4}}""");
        var deployment = (await server.GetAsync($"{Deployments}/scaled")).Json;

        Assert.That(scale.Json["status"]!["selector"]!.GetValue<string>(), Is.EqualTo("app=web"));
        Assert.That((deployment["spec"]!["replicas"]!.GetValue<int>(), deployment["metadata"]!["generation"]!.GetValue<int>()), Is.EqualTo((4, 2)));
        Assert.That((await server.GetAsync($"{Deployments}/scaled", table: true)).Cells["Ready"], Is.EqualTo("0/4"));
    }

    [Test]
    public async Task ReplicaSet_Status_CountsMustFit()
    {
        var body = Bodies.Deployment("rs").Replace("\"Deployment\"", "\"ReplicaSet\"", StringComparison.Ordinal);
        var created = await server.PostAsync(ReplicaSets, body);
        Assert.That(created.Code, Is.EqualTo(201), created.Text);

        var answer = await server.PatchAsync($"{ReplicaSets}/rs/status", """{"status":{"replicas":1,"readyReplicas":2}}""");

        Assert.That(answer.Message, Does.Contain("status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"));
    }
}
