using System.Text.Json.Nodes;
using Orchestrator.Api.Coordination.V1;
using Orchestrator.Client;

namespace Orchestrator.Kubelet.Tests;

/// <summary>What a pod lives through on a whole kubelet.</summary>
[CancelAfter(60_000)]
public sealed class KubeletHostTests
{
    [Test]
    public async Task Start_NewNode_RegistersIsReadyAndRenewsItsLease()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.UntilAsync(() => kubelet.Cluster.Find<Lease>("kube-node-lease", "node1") is not null);
        var node = kubelet.Cluster.Find<Node>(null, "node1")!;
        Assert.Multiple(() =>
        {
            Assert.That(node.Status!.Conditions!.Single(condition => condition.Type == "Ready").Status, Is.EqualTo("True"));
            Assert.That(node.Status.Capacity!["cpu"].ToString(), Is.EqualTo("4"));
            Assert.That(node.Status.Addresses!.Single(address => address.Type == "InternalIP").Address, Is.EqualTo("172.30.0.2"));
            Assert.That(node.Metadata.Labels!["kubernetes.io/hostname"], Is.EqualTo("node1"));
            Assert.That(node.Status.NodeInfo!.ContainerRuntimeVersion, Is.EqualTo("orchestrator://0.1.0"));
        });
        var first = kubelet.Cluster.Find<Lease>("kube-node-lease", "node1")!.Spec!.RenewTime;
        await kubelet.UntilAsync(() => kubelet.Cluster.Find<Lease>("kube-node-lease", "node1")!.Spec!.RenewTime > first, 15);
    }

    [Test]
    public async Task NodeStatus_MarkedUnknownByAnother_IsReportedAgainAtOnce()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.UntilAsync(() => ReadyOf(kubelet) == "True");

        var unknown = new JsonObject { ["type"] = "Ready", ["status"] = "Unknown", ["reason"] = "NodeStatusUnknown", ["message"] = "Kubelet stopped posting node status." };
        var patch = new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(unknown) } };
        await kubelet.Cluster.PatchAsync<Node>(null, TestKubelet.NodeName, PatchType.StrategicMerge, patch, "status", CancellationToken.None);
        Assert.That(ReadyOf(kubelet), Is.EqualTo("Unknown"));

        await kubelet.UntilAsync(() => ReadyOf(kubelet) == "True", seconds: 1);
    }

    [Test]
    public async Task PodStatus_MarkedNotReadyByAnother_IsPutRight()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => IsReady(kubelet, "web"));
        await kubelet.PassAsync(2);

        var patch = new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "False", ["reason"] = "NodeNotReady" }) } };
        await kubelet.Cluster.PatchAsync<Pod>("default", "web", PatchType.StrategicMerge, patch, "status", CancellationToken.None);
        Assert.That(IsReady(kubelet, "web"), Is.False);

        await kubelet.UntilAsync(() => IsReady(kubelet, "web"), seconds: 1);
        Assert.That(kubelet.Pod("web")!.Status!.Conditions!.Single(condition => condition.Type == "Ready").Reason, Is.Null);
    }

    [Test]
    public async Task PodCidr_AssignedLater_IsHandedToTheNetwork()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.UntilAsync(() => kubelet.Cluster.Find<Node>(null, "node1") is not null);
        var node = kubelet.Cluster.Find<Node>(null, "node1")!;
        await kubelet.Cluster.UpdateAsync(node with { Spec = new() { PodCIDR = "10.244.3.0/24", PodCIDRs = ["10.244.3.0/24"] } }, default);
        await kubelet.UntilAsync(() => kubelet.PodCidrs.Count > 0);
        Assert.That(kubelet.PodCidrs, Is.EqualTo(new[] { "10.244.3.0/24" }));
    }

    [Test]
    public async Task Pod_Bound_RunsAndIsReportedReady()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running" && kubelet.Events("web").Count() >= 3);
        var status = kubelet.Pod("web")!.Status!;
        Assert.Multiple(() =>
        {
            Assert.That(status.Conditions!.Where(condition => condition.Status == "True").Select(condition => condition.Type),
                Is.EquivalentTo(new[] { "PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled" }));
            Assert.That(status.PodIP, Does.StartWith("10.244."));
            Assert.That(status.HostIP, Is.EqualTo("172.30.0.2"));
            Assert.That(status.QosClass, Is.EqualTo("BestEffort"));
            Assert.That(status.ContainerStatuses![0].ContainerID, Does.StartWith("orc://"));
            Assert.That(status.ContainerStatuses[0].Ready, Is.True);
            Assert.That(status.ContainerStatuses[0].Started, Is.True);
            Assert.That(kubelet.Events("web"), Is.EqualTo(new[]
            {
                "Pulled: Container image \"busybox:1\" already present on machine and can be accessed by the pod", "Created: Container created", "Started: Container started",
            }));
            Assert.That(kubelet.Cluster.Writes.Count(write => write.Resource == "pods" && write.Subresource == "status"), Is.LessThanOrEqualTo(2));
        });
    }

    [Test]
    public async Task Container_KeepsFailing_BacksOffAndCountsRestarts()
    {
        await using var kubelet = new TestKubelet().Start();
        var created = await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        kubelet.Runtime.Exit("web", "app", 1);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Running: not null });
        Assert.That(kubelet.Container("web", "app")!.LastState!.Terminated!.ExitCode, Is.EqualTo(1));
        kubelet.Runtime.Exit("web", "app", 2);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "CrashLoopBackOff", 5);
        var waiting = kubelet.Container("web", "app")!;
        Assert.Multiple(() =>
        {
            Assert.That(waiting.State!.Waiting!.Message, Is.EqualTo($"back-off 10s restarting failed container=app pod=web_default({created.Metadata.Uid})"));
            Assert.That(waiting.LastState!.Terminated!.ExitCode, Is.EqualTo(2));
            Assert.That(kubelet.Phase("web"), Is.EqualTo("Running"));
        });
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 2, State.Running: not null }, 11);
        kubelet.Runtime.Exit("web", "app", 2);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Message?.StartsWith("back-off 20s", StringComparison.Ordinal) == true, 5);
    }

    [TestCase("Never", 0, "Succeeded")]
    [TestCase("Never", 3, "Failed")]
    [TestCase("OnFailure", 0, "Succeeded")]
    public async Task Container_EndsForGood_PodEndsToo(string policy, int exitCode, string phase)
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Runtime.Behaviour.RunsToEnd["app"] = exitCode;
        await kubelet.CreateAsync(Make.Pod("job").With(spec => spec with { RestartPolicy = policy }));
        await kubelet.UntilAsync(() => kubelet.Phase("job") == phase);
        await kubelet.UntilAsync(() => kubelet.Runtime.Calls.Contains("stop-sandbox job"));
        var container = kubelet.Container("job", "app")!;
        Assert.Multiple(() =>
        {
            Assert.That(container.State!.Terminated!.ExitCode, Is.EqualTo(exitCode));
            Assert.That(container.RestartCount, Is.Zero);
            Assert.That(kubelet.Runtime.Calls, Does.Not.Contain("remove-sandbox job"), "its log must stay readable");
        });
    }

    [Test]
    public async Task InitContainers_RunInOrder_BeforeApps()
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Runtime.Behaviour.RunsToEnd["first"] = 0;
        await kubelet.CreateAsync(Make.Pod("web").With(spec => spec with { InitContainers = [Make.Container("first"), Make.Container("second")] }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "second")?.State?.Running is not null);
        Assert.That(kubelet.Container("web", "app")!.State!.Waiting!.Reason, Is.EqualTo("PodInitializing"));
        Assert.That(kubelet.Phase("web"), Is.EqualTo("Pending"));
        kubelet.Runtime.Exit("web", "second", 0);
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        Assert.That(kubelet.Runtime.Calls.Where(call => call.StartsWith("start", StringComparison.Ordinal)), Is.EqualTo(new[] { "start first", "start second", "start app" }));
    }

    [Test]
    public async Task Sidecars_StartFirst_AndEndLast()
    {
        await using var kubelet = new TestKubelet().Start();
        var sidecar = Make.Container("proxy") with { RestartPolicy = "Always" };
        await kubelet.CreateAsync(Make.Pod("web").With(spec => spec with { InitContainers = [sidecar, sidecar with { Name = "logger" }] }));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        await kubelet.Cluster.DeleteAsync<Pod>("default", "web", null, default);
        await kubelet.UntilAsync(() => kubelet.Pod("web") is null);
        Assert.That(kubelet.Runtime.Calls.Where(call => call.StartsWith("start", StringComparison.Ordinal) || call.StartsWith("stop ", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "start proxy", "start logger", "start app", "stop app", "stop logger", "stop proxy" }));
    }

    [Test]
    public async Task Job_WithSidecar_EndsWhenItsAppDoes()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("job").With(spec => spec with
        {
            RestartPolicy = "Never",
            InitContainers = [Make.Container("proxy") with { RestartPolicy = "Always" }],
        }));
        await kubelet.UntilAsync(() => kubelet.Phase("job") == "Running");
        kubelet.Runtime.Exit("job", "app", 0);
        await kubelet.UntilAsync(() => kubelet.Phase("job") == "Succeeded");
        Assert.That(kubelet.Runtime.Calls, Does.Contain("stop proxy"));
    }

    [Test]
    public async Task Delete_RunningPod_StopsReportsThenRemoves()
    {
        await using var kubelet = new TestKubelet().Start();
        var hook = new Lifecycle { PreStop = new() { Exec = new() { Command = ["drain", "now"] } } };
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Lifecycle = hook }));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        await kubelet.Cluster.DeleteAsync<Pod>("default", "web", null, default);
        await kubelet.UntilAsync(() => kubelet.Pod("web") is null && kubelet.Host.Pods.Count == 0);
        Assert.Multiple(() =>
        {
            Assert.That(kubelet.Runtime.Calls.SkipWhile(call => !call.StartsWith("exec", StringComparison.Ordinal)),
                Is.EqualTo(new[] { "exec app: drain now", "stop app", "stop-sandbox web", "stop-sandbox web", "remove app", "remove-sandbox web" })
                    .Or.EqualTo(new[] { "exec app: drain now", "stop app", "stop-sandbox web", "stop-sandbox web", "stop-sandbox web", "remove app", "remove-sandbox web" }));
            Assert.That(kubelet.Events("web"), Does.Contain("Killing: Stopping container app"));
            Assert.That(Directory.Exists(Path.Combine(kubelet.Options.RootDirectory, "pods")) && Directory.GetDirectories(Path.Combine(kubelet.Options.RootDirectory, "pods")).Length == 0);
        });
    }

    [Test]
    public async Task Delete_WithShorterGraceLater_EndsSooner()
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Runtime.Behaviour.IgnoresStopSignal.Add("app");
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        await kubelet.Cluster.DeleteAsync<Pod>("default", "web", new() { GracePeriodSeconds = 600 }, default);
        await kubelet.PassAsync(5);
        Assert.That(kubelet.Pod("web"), Is.Not.Null);
        await kubelet.Cluster.DeleteAsync<Pod>("default", "web", new() { GracePeriodSeconds = 1 }, default);
        await kubelet.UntilAsync(() => kubelet.Pod("web") is null, 5);
    }

    [Test]
    public async Task Env_MissingConfigMap_SaysSoAndStartsOnceItExists()
    {
        await using var kubelet = new TestKubelet().Start();
        var variable = new EnvVar { Name = "COLOR", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "paint", Key = "color" } } };
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Env = [variable] }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "CreateContainerConfigError");
        Assert.That(kubelet.Container("web", "app")!.State!.Waiting!.Message, Is.EqualTo("configmap \"paint\" not found"));
        await kubelet.Cluster.CreateAsync(new ConfigMap { Metadata = new() { Name = "paint", Namespace = "default" }, Data = new Dictionary<string, string> { ["color"] = "red" } }, default);
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running", 5);
        Assert.That(kubelet.Runtime.ConfigOf("web", "app")!.Environment, Does.Contain(KeyValuePair.Create("COLOR", "red")));
    }

    [Test]
    public async Task Image_CannotBePulled_BacksOffThenRecovers()
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Images.PullFailures["missing:1"] = new(Cri.RuntimeError.NotFound, "missing:1: not found");
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Image = "missing:1" }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "ErrImagePull");
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "ImagePullBackOff");
        Assert.That(kubelet.Container("web", "app")!.State!.Waiting!.Message, Is.EqualTo("Back-off pulling image \"missing:1\": ErrImagePull: missing:1: not found"));
        Assert.That(kubelet.Phase("web"), Is.EqualTo("Pending"));
        kubelet.Images.PullFailures.Clear();
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running", 15);
    }

    [Test]
    public async Task Image_NeverPulled_IsRefused()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Image = "missing:1", ImagePullPolicy = "Never" }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "ErrImageNeverPull");
    }

    [Test]
    public async Task Start_CommandDoesNotExist_IsARunContainerError()
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Runtime.Behaviour.StartFailures["app"] = "exec: \"/nope\": no such file or directory";
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "RunContainerError");
        var status = kubelet.Container("web", "app")!;
        Assert.Multiple(() =>
        {
            Assert.That(status.State!.Waiting!.Message, Does.Contain("no such file"));
            Assert.That(status.LastState!.Terminated!.ExitCode, Is.EqualTo(128));
            Assert.That(status.LastState.Terminated.Reason, Is.EqualTo("StartError"));
        });
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "CrashLoopBackOff", 60);
    }

    [Test]
    public async Task Kubelet_Restarts_AdoptsWhatRunsAndRemovesOrphans()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.CreateAsync(Make.Pod("gone"));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running" && kubelet.Phase("gone") == "Running");
        kubelet.Runtime.Exit("web", "app", 1);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Running: not null });
        var before = kubelet.Container("web", "app")!;
        await kubelet.StopAsync();
        await kubelet.Cluster.DeleteAsync<Pod>("default", "gone", new() { GracePeriodSeconds = 0 }, default);
        var calls = kubelet.Runtime.Calls.Count;
        await kubelet.RestartAsync();
        await kubelet.UntilAsync(() => kubelet.Runtime.Calls.Contains("remove-sandbox gone"));
        await kubelet.PassAsync(5);
        Assert.Multiple(() =>
        {
            Assert.That(kubelet.Runtime.Calls.Skip(calls).Where(call => call is "run web" or "create app" or "start app" or "stop-sandbox web"), Is.Empty);
            Assert.That(kubelet.Container("web", "app")!.ContainerID, Is.EqualTo(before.ContainerID));
            Assert.That(kubelet.Container("web", "app")!.RestartCount, Is.EqualTo(1));
            Assert.That(kubelet.Phase("web"), Is.EqualTo("Running"));
        });
    }

    [Test]
    public async Task Sandbox_Lost_IsMadeAgain()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("web"));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        var ip = kubelet.Pod("web")!.Status!.PodIP;
        kubelet.Runtime.LoseSandbox("web");
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Running: not null });
        Assert.That(kubelet.Pod("web")!.Status!.PodIP, Is.Not.EqualTo(ip));
        Assert.That(kubelet.Pod("web")!.Status!.PodIPs!.Single().Ip, Is.EqualTo(kubelet.Pod("web")!.Status!.PodIP));
        await kubelet.UntilEventAsync("web", "SandboxChanged: Pod sandbox changed, it will be killed and re-created.");
    }

    [Test]
    public async Task Liveness_Fails_ContainerIsKilledAndRestarted()
    {
        await using var kubelet = new TestKubelet().Start();
        var probe = new Probe { Exec = new() { Command = ["check"] }, PeriodSeconds = 1, FailureThreshold = 2 };
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { LivenessProbe = probe }));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        kubelet.Runtime.Behaviour.Commands["check"] = new(1, "broken"u8.ToArray(), []);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1 });
        await kubelet.UntilEventAsync("web", "Unhealthy: Liveness probe failed: broken");
        await kubelet.UntilEventAsync("web", "Killing: Container app failed liveness probe, will be restarted");
    }

    [Test]
    public async Task Readiness_FollowsItsProbe()
    {
        await using var kubelet = new TestKubelet().Start();
        kubelet.Runtime.Behaviour.Commands["ready"] = new(1, [], []);
        var probe = new Probe { Exec = new() { Command = ["ready"] }, PeriodSeconds = 5, FailureThreshold = 1 };
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { ReadinessProbe = probe }));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        Assert.That(kubelet.Container("web", "app")!.Ready, Is.False);
        kubelet.Runtime.Behaviour.Commands["ready"] = new(0, [], []);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")!.Ready == true, 6);
        kubelet.Runtime.Behaviour.Commands["ready"] = new(1, [], []);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")!.Ready == false, 12);
        Assert.That(kubelet.Container("web", "app")!.RestartCount, Is.Zero);
    }

    [Test]
    public async Task Pod_LargerThanTheNode_IsRejected()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("big", Make.Container("app") with
        {
            Resources = new() { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("5") } },
        }));
        await kubelet.UntilAsync(() => kubelet.Phase("big") == "Failed");
        Assert.That(kubelet.Pod("big")!.Status!.Reason, Is.EqualTo("OutOfcpu"));
        Assert.That(kubelet.Pod("big")!.Status!.Message, Is.EqualTo("Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000"));
    }

    [Test]
    public async Task ActiveDeadline_Passes_PodFails()
    {
        await using var kubelet = new TestKubelet().Start();
        await kubelet.CreateAsync(Make.Pod("job").With(spec => spec with { ActiveDeadlineSeconds = 30 }));
        await kubelet.UntilAsync(() => kubelet.Phase("job") == "Running");
        await kubelet.UntilAsync(() => kubelet.Phase("job") == "Failed", 32);
        Assert.That(kubelet.Pod("job")!.Status!.Reason, Is.EqualTo("DeadlineExceeded"));
    }

    [Test]
    public async Task ConfigMapVolume_Changes_AreShownWithoutARestart()
    {
        await using var kubelet = new TestKubelet().Start();
        var map = await kubelet.Cluster.CreateAsync(new ConfigMap { Metadata = new() { Name = "paint", Namespace = "default" }, Data = new Dictionary<string, string> { ["color"] = "red" } }, default);
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { VolumeMounts = [new() { Name = "v", MountPath = "/etc/paint" }] })
            .With(spec => spec with { Volumes = [new() { Name = "v", ConfigMap = new() { Name = "paint", DefaultMode = 420 } }] }));
        await kubelet.UntilAsync(() => kubelet.Phase("web") == "Running");
        var directory = kubelet.Runtime.ConfigOf("web", "app")!.Mounts.Single(mount => mount.ContainerPath == "/etc/paint").HostPath;
        Assert.That(File.ReadAllText(Path.Combine(directory, "color")), Is.EqualTo("red"));
        await kubelet.Cluster.UpdateAsync(map with { Data = new Dictionary<string, string> { ["color"] = "blue", ["new"] = "x" } }, default);
        await kubelet.UntilAsync(() => File.ReadAllText(Path.Combine(directory, "color")) == "blue", 5);
        // New names are shown behind the change of all contents.
        await kubelet.UntilAsync(() => File.Exists(Path.Combine(directory, "new")), 5);
    }

    [Test]
    public async Task Pods_ManyAtOnce_AllRun()
    {
        await using var kubelet = new TestKubelet().Start();
        for (var i = 0; i < 50; i++)
            await kubelet.CreateAsync(Make.Pod($"web-{i}"));
        await kubelet.UntilAsync(() => Enumerable.Range(0, 50).All(i => kubelet.Phase($"web-{i}") == "Running"));
    }

    private static string? ReadyOf(TestKubelet kubelet) =>
        kubelet.Cluster.Find<Node>(null, TestKubelet.NodeName)?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.Status;

    private static bool IsReady(TestKubelet kubelet, string pod) =>
        kubelet.Pod(pod)?.Status?.Conditions?.FirstOrDefault(condition => condition.Type == "Ready")?.Status == "True";
}
