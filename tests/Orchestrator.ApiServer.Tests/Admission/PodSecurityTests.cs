namespace Orchestrator.ApiServer.Tests.Admission;

public sealed class PodSecurityTests
{
    private ClusterServer server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        server = await ClusterServer.StartAsync();
        await MakeAsync("baseline", """{"pod-security.kubernetes.io/enforce":"baseline","pod-security.kubernetes.io/warn":"restricted"}""");
        await MakeAsync("restricted", """{"pod-security.kubernetes.io/enforce":"restricted"}""");
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await server.DisposeAsync();

    [TestCase(",\"hostNetwork\":true", "host namespaces (hostNetwork=true)")]
    [TestCase(",\"volumes\":[{\"name\":\"h\",\"hostPath\":{\"path\":\"/\"}}]", "hostPath volumes (volume \"h\")")]
    [TestCase(",\"initContainers\":[{\"name\":\"i\",\"image\":\"a\",\"securityContext\":{\"privileged\":true}}]",
        "privileged (container \"i\" must not set securityContext.privileged=true)")]
    [TestCase(",\"initContainers\":[{\"name\":\"i\",\"image\":\"a\",\"securityContext\":{\"capabilities\":{\"add\":[\"SYS_ADMIN\"]}}}]",
        "non-default capabilities (container \"i\" must not include \"SYS_ADMIN\" in securityContext.capabilities.add)")]
    public async Task Baseline_Violated_IsForbidden(string extra, string words)
    {
        var answer = await server.PostAsync("/api/v1/namespaces/baseline/pods", Bodies.Pod("bad", extra));

        Assert.That(answer.Code, Is.EqualTo(403), answer.Text);
        Assert.That(answer.Message, Does.StartWith("pods \"bad\" is forbidden: violates PodSecurity \"baseline:latest\": ").And.Contain(words));
    }

    [Test]
    public async Task Warn_Violated_IsAllowedWithAWarning()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/baseline/pods", Bodies.Pod("warned"));

        Assert.That(answer.Code, Is.EqualTo(201));
        Assert.That(answer.Warnings, Has.One.Contains("would violate PodSecurity").And.Some.Contains("allowPrivilegeEscalation != false"));
    }

    [Test]
    public async Task Restricted_OrdinaryPod_IsToldAllThatIsMissing()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/restricted/pods", Bodies.Pod("plain"));

        Assert.That(answer.Message, Does.Contain("allowPrivilegeEscalation != false (container \"main\" must set securityContext.allowPrivilegeEscalation=false), "
            + "unrestricted capabilities (container \"main\" must set securityContext.capabilities.drop=[\"ALL\"]), "
            + "runAsNonRoot != true (pod or container \"main\" must set securityContext.runAsNonRoot=true), "
            + "seccompProfile (pod or container \"main\" must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"));
    }

    [Test]
    public async Task Restricted_HardenedPod_IsAllowed()
    {
        var body = Bodies.Pod("hard", ",\"securityContext\":{\"runAsNonRoot\":true,\"seccompProfile\":{\"type\":\"RuntimeDefault\"}}").Replace(
            "\"app:1\"", """ "app:1","securityContext":{"allowPrivilegeEscalation":false,"capabilities":{"drop":["ALL"]}} """, StringComparison.Ordinal);

        Assert.That((await server.PostAsync("/api/v1/namespaces/restricted/pods", body)).Code, Is.EqualTo(201));
    }

    [Test]
    public async Task Priority_ClassOfTheSystem_IsANumberAndAnUnknownOneRefused()
    {
        await MakeAsync("plain", "{}");
        var system = await server.PostAsync("/api/v1/namespaces/plain/pods?dryRun=All", Bodies.Pod("a", ",\"priorityClassName\":\"system-node-critical\""));
        var unknown = await server.PostAsync("/api/v1/namespaces/plain/pods", Bodies.Pod("a", ",\"priorityClassName\":\"high\""));

        Assert.That(system.Json["spec"]!["priority"]!.GetValue<int>(), Is.EqualTo(2_000_001_000));
        Assert.That(unknown.Message, Is.EqualTo("pods \"a\" is forbidden: no PriorityClass with name high was found"));
    }

    [Test]
    public async Task ServiceAccount_Missing_SaysWhich()
    {
        var answer = await server.PostAsync("/api/v1/namespaces/kube-public/pods", Bodies.Pod("a"));

        Assert.That(answer.Message, Is.EqualTo("pods \"a\" is forbidden: error looking up service account kube-public/default: serviceaccount \"default\" not found"));
    }

    private async Task MakeAsync(string name, string labels)
    {
        await server.PostAsync("/api/v1/namespaces", Bodies.Namespace(name, labels));
        await server.PostAsync($"/api/v1/namespaces/{name}/serviceaccounts", Bodies.ServiceAccount("default"));
    }
}
