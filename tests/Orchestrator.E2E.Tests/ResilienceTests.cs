using static Orchestrator.E2E.Tests.LabUnderTest;

namespace Orchestrator.E2E.Tests;

/// <summary>Things that end, are killed and come back.</summary>
public sealed class ResilienceTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [SetUp]
    public void ApplyDemo() => Demo.Apply();

    [Test]
    public void ContainerProcess_Killed_RestartsAndCounts()
    {
        Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: victim }
            spec:
              containers:
              - name: c
                image: orc.dev/demo:1
                command: ["sleep", "3600"]
            """).Succeeded();
        Kubectl("wait", "--for=condition=Ready", "pod/victim", "--timeout=20s").Succeeded();
        KillMain("victim");
        Eventually.Equals("restart count", Soon, "1", () => Json("get", "pod", "victim")["status"]!["containerStatuses"]![0]!["restartCount"]!.ToString());
        Eventually.Holds("running again", Soon, () =>
            Json("get", "pod", "victim")["status"]!["containerStatuses"]![0]!["state"]!["running"] is null ? "not running" : null);
        KillMain("victim");
        Eventually.Equals("waiting reason after the second end", Soon, "CrashLoopBackOff", () =>
            Json("get", "pod", "victim")["status"]!["containerStatuses"]![0]!["state"]!["waiting"]?["reason"]?.ToString() ?? "");
        Kubectl("delete", "pod", "victim", "--grace-period=1").Succeeded();
    }

    [Test]
    public void Pod_Deleted_IsReplacedAndTrafficFollows()
    {
        var before = Demo.RunningPods().Select(Demo.NameOf).ToHashSet();
        Kubectl("delete", "pod", before.First(), "--wait=true").Succeeded();
        Eventually.Equals("running pods", Soon, 3, () => Demo.RunningPods().Count);
        var after = Demo.RunningPods().Select(Demo.NameOf).ToHashSet();
        Assert.That(after.Intersect(before).Count(), Is.EqualTo(2));
        Eventually.Holds("traffic goes to the new pods", Soon, () =>
            Demo.AnsweringPods($"http://{Demo.ClusterIp()}").SetEquals(after) ? null : "not all of them answer");
    }

    [Test]
    public void ControlPlane_KilledAndStarted_ContainersNeverStopped()
    {
        var before = ContainerIds();
        var service = $"http://{Demo.ClusterIp()}";
        Kill("control-plane");
        Assert.That(Demo.AnsweringPods(service), Is.Not.Empty, "traffic flows without a control plane");
        StartLab();
        Assert.That(ContainerIds(), Is.EqualTo(before));
        Kubectl("scale", "deployment/demo", "--replicas=4").Succeeded();
        Eventually.Equals("running pods", Soon, 4, () => Demo.RunningPods().Count);
        Kubectl("scale", "deployment/demo", "--replicas=3").Succeeded();
        Eventually.Equals("running pods", Soon, 3, () => Demo.RunningPods().Count);
    }

    [Test]
    public void NodeAgent_KilledAndStarted_AdoptsItsContainers()
    {
        var before = ContainerIds();
        var node = Demo.RunningPods()[0]["spec"]!["nodeName"]!.ToString();
        Kill(node);
        OnLab("node", "start", node).Succeeded();
        Eventually.Equals("Ready pods", Soon, 3, ReadyPods);
        Assert.That(ContainerIds(), Is.EqualTo(before));
        Assert.That(Kubectl("exec", "deployment/demo", "--", "true").ExitCode, Is.Zero);
    }

    [Test]
    public void NodeAgent_FrozenForLongerThanTheGracePeriod_ServesAgainOnceItRuns()
    {
        Apply("""
            apiVersion: v1
            kind: Pod
            metadata: { name: patient }
            spec:
              tolerations: [{ operator: Exists }]
              containers:
              - name: c
                image: orc.dev/demo:1
            """).Succeeded();
        Kubectl("wait", "--for=condition=Ready", "pod/patient", "--timeout=20s").Succeeded();
        var container = ContainerIdOf("patient");
        var node = Json("get", "pod", "patient")["spec"]!["nodeName"]!.ToString();
        Signal("STOP", node);
        try
        {
            Eventually.Equals("the frozen node", TimeSpan.FromSeconds(60), "Unknown", () => ReadyCondition("node", node));
            Eventually.Equals("its pod", Soon, "False", () => ReadyCondition("pod", "patient"));
        }
        finally
        {
            Signal("CONT", node);
        }

        Eventually.Equals("the node", Soon, "True", () => ReadyCondition("node", node));
        Eventually.Equals("its pod", Soon, "True", () => ReadyCondition("pod", "patient"));
        Assert.That(ContainerIdOf("patient"), Is.EqualTo(container));
        Kubectl("delete", "pod", "patient", "--grace-period=1").Succeeded();
    }

    [Test]
    public void Node_Killed_PodsMoveAndTrafficFollowsAndItComesBack()
    {
        var node = Demo.RunningPods()[0]["spec"]!["nodeName"]!.ToString();
        OnLab("node", "kill", node).Succeeded();
        Eventually.Equals("Ready condition", TimeSpan.FromSeconds(60), "Unknown", () => ReadyCondition("node", node));
        Eventually.Equals("pods on other nodes", TimeSpan.FromSeconds(90), 3, () =>
            Demo.RunningPods().Count(pod => pod["spec"]!["nodeName"]!.ToString() != node));
        Eventually.Equals("pods that answer", Soon, 3, () => Demo.AnsweringPods($"http://{Demo.ClusterIp()}").Count);
        OnLab("node", "start", node).Succeeded();
        Eventually.Equals("Ready condition", Soon, "True", () => ReadyCondition("node", node));
        Eventually.Equals("pods in all", Soon, 3, () => Json("get", "pods", "-l", "app=demo")["items"]!.AsArray().Count);
    }

    [Test, Order(100)]
    public void Lab_DownAndUp_ResumesTheSameCluster()
    {
        var uid = Json("get", "deployment", "demo")["metadata"]!["uid"]!.ToString();
        OnLab("down").Succeeded();
        StartLab();
        Assert.That(Json("get", "deployment", "demo")["metadata"]!["uid"]!.ToString(), Is.EqualTo(uid));
        Eventually.Equals("Ready pods", TimeSpan.FromSeconds(60), 3, ReadyPods);
        Eventually.Equals("pods that answer", Soon, 3, () => Demo.AnsweringPods($"http://{Demo.ClusterIp()}").Count);
    }

    private static void KillMain(string pod)
    {
        var uid = Json("get", "pod", pod)["metadata"]!["uid"]!.ToString();
        var pids = Directory.EnumerateFiles("/sys/fs/cgroup/pids/orc-e2e", "cgroup.procs", SearchOption.AllDirectories)
            .Where(file => file.Contains(uid))
            .SelectMany(File.ReadAllLines)
            .Where(pid => File.ReadAllText($"/proc/{pid}/cmdline").Contains("sleep"));
        foreach (var pid in pids)
            Command.Run("kill", ["-9", pid]).Succeeded();
    }

    private static void Kill(string component)
    {
        var pid = Signal("KILL", component);
        Eventually.Holds($"{component} has ended", Soon, () => Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ") ? "still there" : null);
    }

    /// <returns>The process that got it.</returns>
    private static string Signal(string signal, string component)
    {
        var pid = File.ReadAllText($"/run/orchestrator/{Name}/{component}.pid").Split(' ')[0];
        Command.Run("kill", [$"-{signal}", pid]).Succeeded();
        return pid;
    }

    private static string[] ContainerIds() =>
        [.. Demo.RunningPods().Select(pod => pod["status"]!["containerStatuses"]![0]!["containerID"]!.ToString()).Order()];

    private static int ReadyPods() => Demo.RunningPods().Count(pod => pod["status"]!["containerStatuses"]![0]!["ready"]!.GetValue<bool>());

    private static string ContainerIdOf(string pod) => Json("get", "pod", pod)["status"]!["containerStatuses"]![0]!["containerID"]!.ToString();

    private static string ReadyCondition(string kind, string name) =>
        Json("get", kind, name)["status"]!["conditions"]!.AsArray().First(condition => condition!["type"]!.ToString() == "Ready")!["status"]!.ToString();
}
