using System.Text.Json.Nodes;

namespace Orchestrator.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await ClusterServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/serviceaccounts", Bodies.ServiceAccount("default"));
        await server.PostAsync("/api/v1/nodes", Bodies.Node("node1"));
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [Test]
    public async Task Create_MinimalPod_GetsDefaultsOfCode()
    {
        var pod = (await server.PostAsync(Pods, Bodies.Pod("defaults"))).Json;

        Assert.Multiple(() =>
        {
            Assert.That(pod["spec"]!["containers"]![0]!["imagePullPolicy"]!.GetValue<string>(), Is.EqualTo("IfNotPresent"));
            Assert.That(pod["spec"]!["priority"]!.GetValue<int>(), Is.Zero);
            Assert.That(pod["spec"]!["serviceAccountName"]!.GetValue<string>(), Is.EqualTo("default"));
            Assert.That(((JsonArray)pod["spec"]!["tolerations"]!).Select(one => one!["tolerationSeconds"]!.GetValue<int>()), Is.EqualTo((int[])[300, 300]));
            Assert.That(pod["spec"]!["volumes"]![0]!["name"]!.GetValue<string>(), Does.Match("^kube-api-access-[a-z0-9]{5}$"));
            Assert.That(pod["status"]!["phase"]!.GetValue<string>(), Is.EqualTo("Pending"));
            Assert.That(pod["status"]!["qosClass"]!.GetValue<string>(), Is.EqualTo("BestEffort"));
        });
    }

    [TestCase("app", "Always")]
    [TestCase("app:latest", "Always")]
    [TestCase("registry:5000/app", "Always")]
    [TestCase("registry:5000/app:v1", "IfNotPresent")]
    [TestCase("app@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "IfNotPresent")]
    public async Task Create_ImageTag_DecidesThePullPolicy(string image, string policy)
    {
        var pod = await server.PostAsync(Pods + "?dryRun=All", Bodies.Pod("pull").Replace("app:1", image, StringComparison.Ordinal));

        Assert.That(pod.Json["spec"]!["containers"]![0]!["imagePullPolicy"]!.GetValue<string>(), Is.EqualTo(policy));
    }

    [Test]
    public async Task Create_LimitsWithoutRequests_AreTheRequestsAndGuaranteed()
    {
        var body = Bodies.Pod("limits").Replace("\"app:1\"", """ "app:1","resources":{"limits":{"cpu":"100m","memory":"10Mi"}} """, StringComparison.Ordinal);
        var pod = (await server.PostAsync(Pods + "?dryRun=All", body)).Json;

        Assert.That(pod["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!.GetValue<string>(), Is.EqualTo("100m"));
        Assert.That(pod["status"]!["qosClass"]!.GetValue<string>(), Is.EqualTo("Guaranteed"));
    }

    [TestCase("""{"name":"main","image":""}""", "spec.containers[0].image", "Required value")]
    [TestCase("""{"name":"Main","image":"a"}""", "spec.containers[0].name", "a lowercase RFC 1123 label must consist of")]
    [TestCase("""{"name":"main","image":" a"}""", "spec.containers[0].image", "must not have leading or trailing whitespace")]
    [TestCase("""{"name":"main","image":"a","imagePullPolicy":"Maybe"}""", "spec.containers[0].imagePullPolicy",
        "Unsupported value: \"Maybe\": supported values: \"Always\", \"IfNotPresent\", \"Never\"")]
    [TestCase("""{"name":"main","image":"a","ports":[{"containerPort":70000}]}""", "spec.containers[0].ports[0].containerPort",
        "Invalid value: 70000: must be between 1 and 65535, inclusive")]
    [TestCase("""{"name":"main","image":"a","env":[{"name":""}]}""", "spec.containers[0].env[0].name", "Required value")]
    [TestCase("""{"name":"main","image":"a","volumeMounts":[{"name":"nope","mountPath":"/x"}]}""", "spec.containers[0].volumeMounts[0].name", "Not found: \"nope\"")]
    [TestCase("""{"name":"main","image":"a","resources":{"requests":{"cpu":"2"},"limits":{"cpu":"1"}}}""", "spec.containers[0].resources.requests",
        "Invalid value: \"2\": must be less than or equal to cpu limit of 1")]
    [TestCase("""{"name":"main","image":"a","livenessProbe":{"periodSeconds":1}}""", "spec.containers[0].livenessProbe", "Required value: must specify a handler type")]
    [TestCase("""{"name":"main","image":"a","livenessProbe":{"exec":{"command":["x"]},"successThreshold":2}}""", "spec.containers[0].livenessProbe.successThreshold",
        "Invalid value: 2: must be 1")]
    public async Task Create_FaultyContainer_IsRefusedWithFieldAndWords(string container, string field, string words)
    {
        var answer = await server.PostAsync(Pods, $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},"spec":{"containers":[{{{container}}}]}}""");

        Assert.That(answer.Code, Is.EqualTo(422), answer.Text);
        Assert.That(answer.Fields, Does.Contain(field));
        Assert.That(answer.Message, Does.StartWith("Pod \"bad\" is invalid: ").And.Contain($"{field}: ").And.Contain(words));
    }

    [Test]
    public async Task Create_NoContainers_IsRequired()
    {
        var answer = await server.PostAsync(Pods, """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"bad"},"spec":{}}""");

        Assert.That(answer.Message, Is.EqualTo("Pod \"bad\" is invalid: spec.containers: Required value"));
    }

    [Test]
    public async Task Update_ImageAndAddedToleration_AreAllowed()
    {
        await server.PostAsync(Pods, Bodies.Pod("update"));

        var answer = await server.PatchAsync($"{Pods}/update", """{"spec":{"containers":[{"name":"main","image":"app:2"}]}}""");

        // A merge patch replaces the list: what it leaves out of the container is a change, and refused.
        Assert.That(answer.Code, Is.EqualTo(422));
        var pod = (await server.GetAsync($"{Pods}/update")).Json;
        pod["spec"]!["containers"]![0]!["image"] = "app:2";
        ((JsonArray)pod["spec"]!["tolerations"]!).Add((JsonNode)new JsonObject { ["key"] = "x", ["operator"] = "Exists" });
        answer = await server.PutAsync($"{Pods}/update", pod);
        Assert.That(answer.Code, Is.EqualTo(200), answer.Text);
    }

    [Test]
    public async Task Update_AnythingElse_IsForbidden()
    {
        await server.PostAsync(Pods, Bodies.Pod("frozen"));
        var answer = await server.PatchAsync($"{Pods}/frozen", """{"spec":{"hostname":"other"}}""");

        Assert.That(answer.Code, Is.EqualTo(422));
        Assert.That(answer.Message, Does.Contain("spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`"));
    }

    [Test]
    public async Task Binding_OnceAndAgain_SetsNodeAndConditionThenConflicts()
    {
        await server.PostAsync(Pods, Bodies.Pod("bind"));

        var first = await server.PostAsync($"{Pods}/bind/binding", Bodies.Binding("bind", "node1"));
        var pod = (await server.GetAsync($"{Pods}/bind")).Json;
        var second = await server.PostAsync("/api/v1/namespaces/default/bindings", Bodies.Binding("bind", "node2"));

        Assert.Multiple(() =>
        {
            Assert.That(first.Code, Is.EqualTo(201));
            Assert.That(pod["spec"]!["nodeName"]!.GetValue<string>(), Is.EqualTo("node1"));
            Assert.That(pod["status"]!["conditions"]![0]!["type"]!.GetValue<string>(), Is.EqualTo("PodScheduled"));
            Assert.That(second.Code, Is.EqualTo(409));
            Assert.That(second.Message, Does.Contain("pod bind is already assigned to node \"node1\""));
        });
    }

    [Test]
    public async Task Delete_UnscheduledPod_GoesAtOnce()
    {
        await server.PostAsync(Pods, Bodies.Pod("quick"));
        await server.DeleteAsync($"{Pods}/quick");

        Assert.That((await server.GetAsync($"{Pods}/quick")).Code, Is.EqualTo(404));
    }

    [Test]
    public async Task Delete_ScheduledPod_WaitsForItsKubelet()
    {
        await server.PostAsync(Pods, Bodies.Pod("slow", ",\"nodeName\":\"node1\",\"terminationGracePeriodSeconds\":7"));
        await server.DeleteAsync($"{Pods}/slow");

        var pod = (await server.GetAsync($"{Pods}/slow")).Json;
        Assert.That(pod["metadata"]!["deletionGracePeriodSeconds"]!.GetValue<int>(), Is.EqualTo(7));
        Assert.That((await server.GetAsync($"{Pods}/slow", table: true)).Cells["Status"], Is.EqualTo("Terminating"));

        await server.DeleteAsync($"{Pods}/slow?gracePeriodSeconds=0");
        Assert.That((await server.GetAsync($"{Pods}/slow")).Code, Is.EqualTo(404));
    }

    [Test]
    public async Task Eviction_OfAPod_DeletesIt()
    {
        await server.PostAsync(Pods, Bodies.Pod("evict"));
        var answer = await server.PostAsync($"{Pods}/evict/eviction", """{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"evict"}}""");

        Assert.That(answer.Code, Is.EqualTo(201), answer.Text);
        Assert.That((await server.GetAsync($"{Pods}/evict")).Code, Is.EqualTo(404));
    }

    [Test]
    public async Task EphemeralContainers_Added_StayAsTheyAre()
    {
        await server.PostAsync(Pods, Bodies.Pod("debug"));
        var pod = (await server.GetAsync($"{Pods}/debug")).Json;
        pod["spec"]!["ephemeralContainers"] = new JsonArray(new JsonObject { ["name"] = "shell", ["image"] = "tools:1", ["targetContainerName"] = "main" });
        var added = await server.PutAsync($"{Pods}/debug/ephemeralcontainers", pod);
        Assert.That(added.Code, Is.EqualTo(200), added.Text);

        pod = added.Json;
        pod["spec"]!["ephemeralContainers"]![0]!["image"] = "tools:2";
        var changed = await server.PutAsync($"{Pods}/debug/ephemeralcontainers", pod);
        Assert.That(changed.Message, Does.Contain("existing ephemeral containers \"shell\" may not be changed"));
    }

    [Test]
    public async Task Resize_CpuWithinTheClass_IsStoredAndTheRestKept()
    {
        var body = Bodies.Pod("resize").Replace("\"app:1\"", """ "app:1","resources":{"requests":{"cpu":"100m"}} """, StringComparison.Ordinal);
        await server.PostAsync(Pods, body);

        var answer = await server.PatchAsync(
            $"{Pods}/resize/resize", """{"spec":{"hostname":"other","containers":[{"name":"main","image":"other","resources":{"requests":{"cpu":"200m"}}}]}}""");

        Assert.That(answer.Code, Is.EqualTo(200), answer.Text);
        Assert.That(answer.Json["spec"]!["containers"]![0]!["resources"]!["requests"]!["cpu"]!.GetValue<string>(), Is.EqualTo("200m"));
        Assert.That(answer.Json["spec"]!["containers"]![0]!["image"]!.GetValue<string>(), Is.EqualTo("app:1"));
        Assert.That(answer.Json["spec"]!["hostname"], Is.Null);
    }
}
