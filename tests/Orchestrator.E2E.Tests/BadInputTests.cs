using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>Mistakes people make get the words kubectl users know, and nothing is stored.</summary>
public sealed class BadInputTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Test]
    public void UnknownField_IsNamedWithItsPath() => Refused("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: bad }
        spec:
          replica: 2
          selector: { matchLabels: { app: bad } }
          template:
            metadata: { labels: { app: bad } }
            spec: { containers: [ { name: c, image: x } ] }
        """, "strict decoding error: unknown field \"spec.replica\"");

    [Test]
    public void WrongType_IsNamed() => Refused("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: bad }
        spec:
          replicas: "two"
          selector: { matchLabels: { app: bad } }
          template:
            metadata: { labels: { app: bad } }
            spec: { containers: [ { name: c, image: x } ] }
        """, "cannot unmarshal string into Go struct field");

    [Test]
    public void BadName_IsExplained() => Refused("""
        apiVersion: v1
        kind: ConfigMap
        metadata: { name: Not_A_Name }
        """, "a lowercase RFC 1123 subdomain must consist of");

    [Test]
    public void SelectorMismatch_IsInvalid() => Refused("""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: bad }
        spec:
          selector: { matchLabels: { app: one } }
          template:
            metadata: { labels: { app: two } }
            spec: { containers: [ { name: c, image: x } ] }
        """, "`selector` does not match template `labels`");

    [TestCase("example.com/v1")]
    [TestCase("apps/v1")]
    [TestCase("v1")]
    public void UnknownKind_IsNamed(string version)
    {
        var file = Path.Combine(LabUnderTest.WorkDirectory, "thing.yaml");
        File.WriteAllText(file, $"apiVersion: {version}\nkind: Thing\nmetadata: {{ name: bad }}\n");
        var expected = $"no matches for kind \"Thing\" in version \"{version}\"";
        Assert.That(Kubectl("apply", "-f", file).Failed().Error, Does.Contain(expected));
        Assert.That(RunOrc("apply", "-f", file, "--kubeconfig", Kubeconfig).Failed().Error, Does.Contain(expected));
    }

    [Test]
    public void MalformedYaml_NamesTheLine() => Assert.That(Apply("apiVersion: v1\n  kind: ConfigMap\n").Failed().Error, Does.Contain("line 2"));

    [Test]
    public void HugeBody_IsRefused()
    {
        var file = Path.Combine(LabUnderTest.WorkDirectory, "huge.yaml");
        File.WriteAllText(file, $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: huge }}\ndata: {{ x: {new string('x', 10_000_000)} }}\n");
        Assert.That(Kubectl("create", "-f", file).Failed().Error, Does.Contain("Request entity too large").Or.Contain("limit is"));
        Kubectl("get", "configmap", "huge").Failed();
    }

    [Test]
    public void MissingImage_IsReportedOnThePod()
    {
        RunPod("missing-image", "127.0.0.1:1/no/such:1", "[]");
        Eventually.Holds("ErrImagePull or ImagePullBackOff", Soon, () => Waiting("missing-image") is { } waiting
            && waiting.Reason is "ErrImagePull" or "ImagePullBackOff" ? null : Waiting("missing-image").ToString());
        Assert.That(Kubectl("describe", "pod", "missing-image").Output, Does.Contain("Failed to pull image"));
        Kubectl("delete", "pod", "missing-image", "--grace-period=0", "--force").Succeeded();
    }

    [Test]
    public void MissingCommand_IsReportedOnThePod()
    {
        RunPod("missing-command", DemoImage, """["/no/such/program"]""");
        Eventually.Holds("the reason and the errno", Soon, () =>
        {
            var pod = Json("get", "pod", "missing-command").ToJsonString();
            return pod.Contains("no such file or directory") && (pod.Contains("RunContainerError") || pod.Contains("CrashLoopBackOff") || pod.Contains("StartError")) ? null : pod;
        });
        Kubectl("delete", "pod", "missing-command", "--grace-period=0", "--force").Succeeded();
    }

    private static void Refused(string yaml, string expected)
    {
        Assert.That(Apply(yaml).Failed().Error, Does.Contain(expected));
        Kubectl("get", "deployment,configmap", "bad").Failed();
    }

    private static void RunPod(string name, string image, string command) => Apply($"""
        apiVersion: v1
        kind: Pod
        metadata: {"{"} name: {name} {"}"}
        spec:
          containers:
          - name: c
            image: {image}
            command: {command}
        """).Succeeded();

    private static (string Reason, string Message) Waiting(string pod)
    {
        var waiting = Json("get", "pod", pod)["status"]!["containerStatuses"]?[0]?["state"]?["waiting"];
        return (waiting?["reason"]?.ToString() ?? "", waiting?["message"]?.ToString() ?? "");
    }
}
