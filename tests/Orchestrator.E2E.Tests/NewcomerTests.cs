using System.Text.Json.Nodes;
using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>What a newcomer does first, with plain kubectl.</summary>
public sealed class NewcomerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [OneTimeSetUp]
    public void ApplyDemo() => Demo.ApplyAnew();

    [Test]
    public void GetNodes_FreshLab_ThreeReadyWithTheirOwnAddressAndCapacity()
    {
        var nodes = Json("get", "nodes")["items"]!.AsArray();
        Assert.That(nodes, Has.Count.EqualTo(3));
        Assert.That(nodes.Select(node => node!["status"]!["addresses"]![0]!["address"]!.ToString()).Distinct().Count(), Is.EqualTo(3));
        foreach (var node in nodes)
        {
            Assert.That(Condition(node!, "Ready"), Is.EqualTo("True"));
            Assert.That(node!["status"]!["capacity"]!["cpu"]!.ToString(), Is.EqualTo("2"));
            Assert.That(node["status"]!["nodeInfo"]!["kernelVersion"]!.ToString(), Is.Not.Empty);
        }

        Assert.That(Kubectl("get", "nodes", "-o", "wide").Succeeded().Output, Does.Contain("CONTAINER-RUNTIME").And.Contain("orc://"));
    }

    [Test]
    public void Deployment_ThreeReplicas_SpreadOverTheNodesWithTheirOwnAddresses()
    {
        var pods = Demo.RunningPods();
        Assert.That(pods, Has.Count.EqualTo(3));
        Assert.That(pods.Select(pod => pod["spec"]!["nodeName"]!.ToString()).Distinct().Count(), Is.EqualTo(3));
        Assert.That(pods.Select(pod => pod["status"]!["podIP"]!.ToString()).Distinct().Count(), Is.EqualTo(3));
    }

    [Test]
    public void Services_FromTheHost_AnswerFromAllPods()
    {
        Eventually.Equals("pods behind the ClusterIP", Soon, 3, () => Demo.AnsweringPods($"http://{Demo.ClusterIp()}").Count);
        Eventually.Equals("pods behind the NodePort", Soon, 3, () => Demo.AnsweringPods($"http://{Demo.NodeIp()}:30080").Count);
    }

    [Test]
    public void ServiceName_FromInsideAPod_Answers()
    {
        var answer = Kubectl("exec", "deployment/demo", "--", "wget", "-q", "-O", "-", "http://demo.default.svc.cluster.local/api/info").Succeeded();
        Assert.That(JsonNode.Parse(answer.Output)!["hostName"]!.ToString(), Does.StartWith("demo-"));
    }

    [Test]
    public void ServiceNameThatIsNotThere_FromInsideAPod_DoesNotExist()
    {
        // Not "try later", which would end a client's walk along its search path.
        var answer = Kubectl("exec", "deployment/demo", "--", "nslookup", "nothing.default.svc.cluster.local");
        Assert.That(answer.Output, Does.Contain("NXDOMAIN"));
    }

    [Test]
    public void ConfigMapAndSecret_InThePod_AreEnvironmentAndFiles()
    {
        var env = Kubectl("exec", "deployment/demo", "--", "env").Succeeded().Output;
        var config = Json("get", "configmap", "-l", "app=demo")["items"]![0]!["data"]!.AsObject();
        foreach (var (key, value) in config.Where(entry => entry.Key.All(letter => char.IsAsciiLetterUpper(letter) || letter == '_')))
            Assert.That(env, Does.Contain($"{key}={value}"));
        var mounts = Demo.RunningPods()[0]["spec"]!["containers"]![0]!["volumeMounts"]!.AsArray();
        Assert.That(mounts.Count, Is.GreaterThanOrEqualTo(3), "config, secret and service account token");
    }

    [Test]
    public void Cgroup_OfAContainer_HasTheLimitsOfItsSpec()
    {
        var pod = Demo.RunningPods()[0];
        var limit = pod["spec"]!["containers"]![0]!["resources"]!["limits"]!["memory"]!.ToString();
        var bytes = Api.Quantity.Parse(limit).Value;
        var uid = pod["metadata"]!["uid"]!.ToString();
        var files = Directory.Exists("/sys/fs/cgroup/memory")
            ? Directory.EnumerateFiles("/sys/fs/cgroup/memory/orc-e2e", "memory.limit_in_bytes", SearchOption.AllDirectories)
            : Directory.EnumerateFiles("/sys/fs/cgroup/orc-e2e", "memory.max", SearchOption.AllDirectories);
        Assert.That(files.Where(file => file.Contains(uid)).Select(file => File.ReadAllText(file).Trim()), Does.Contain(bytes.ToString()));
    }

    private static string Condition(JsonNode item, string type) =>
        item["status"]!["conditions"]!.AsArray().FirstOrDefault(condition => condition!["type"]!.ToString() == type)?["status"]?.ToString() ?? "absent";
}
