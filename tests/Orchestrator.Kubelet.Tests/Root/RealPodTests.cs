using System.Diagnostics;

namespace Orchestrator.Kubelet.Tests.Root;

/// <summary>Pods as real processes.</summary>
[Category("Root"), NonParallelizable, CancelAfter(60_000)]
public sealed class RealPodTests
{
    [Test]
    public async Task Pod_WithVolumesAndEnv_SeesThem()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.Cluster.CreateAsync(new ConfigMap { Metadata = new() { Name = "map", Namespace = "default" }, Data = new Dictionary<string, string> { ["color"] = "red", ["shape"] = "round" } }, default);
        await kubelet.Cluster.CreateAsync(new Secret { Metadata = new() { Name = "hidden", Namespace = "default" }, Data = new Dictionary<string, byte[]> { ["password"] = "s3cret"u8.ToArray() } }, default);
        var container = Shell(
            "cat /map/color /hidden/password; echo; stat -c '%a %g' /hidden/..data/password; echo $COLOR $NAME $(CPU); cat /only; echo; cat /info/labels; echo; "
            + "grep -c tmpfs /proc/mounts >/dev/null && stat -f -c %T /hidden; echo x > /scratch/file && cat /scratch/file; touch /map/no 2>/dev/null || echo read-only; id -u; hostname; sleep 1000") with
        {
            Env =
            [
                new() { Name = "COLOR", ValueFrom = new() { ConfigMapKeyRef = new() { Name = "map", Key = "color" } } },
                new() { Name = "NAME", ValueFrom = new() { FieldRef = new() { FieldPath = "metadata.name" } } },
                new() { Name = "CPU", ValueFrom = new() { ResourceFieldRef = new() { Resource = "limits.cpu", Divisor = Quantity.Parse("1m") } } },
            ],
            Resources = new() { Limits = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("500m"), ["memory"] = Quantity.Parse("64Mi") } },
            VolumeMounts =
            [
                new() { Name = "map", MountPath = "/map" }, new() { Name = "hidden", MountPath = "/hidden", ReadOnly = true }, new() { Name = "info", MountPath = "/info" },
                new() { Name = "map", MountPath = "/only", SubPath = "shape" }, new() { Name = "scratch", MountPath = "/scratch" },
            ],
        };
        await kubelet.CreateAsync(Make.Pod("web", container) with
        {
            Metadata = new() { Name = "web", Namespace = "default", Labels = new Dictionary<string, string> { ["app"] = "web" } },
            Spec = Make.Pod("web", container).Spec! with
            {
                SecurityContext = new() { FsGroup = 2000, RunAsUser = 1000 },
                Volumes =
                [
                    new() { Name = "map", ConfigMap = new() { Name = "map" } }, new() { Name = "hidden", Secret = new() { SecretName = "hidden", DefaultMode = 0x100 } },
                    new() { Name = "info", DownwardAPI = new() { Items = [new() { Path = "labels", FieldRef = new() { FieldPath = "metadata.labels" } }] } },
                    new() { Name = "scratch", EmptyDir = new() { Medium = "Memory", SizeLimit = Quantity.Parse("1Mi") } },
                ],
            },
        });
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Running is not null && kubelet.Log("web", "app").EndsWith("\nweb", StringComparison.Ordinal));
        Assert.That(kubelet.Log("web", "app").Split('\n'), Is.EqualTo(new[]
        {
            "reds3cret", "440 2000", "red web 500", "round", "app=\"web\"", "tmpfs", "x", "read-only", "1000", "web",
        }));
    }

    [Test]
    public async Task Container_Fails_SaysWhyAndIsRestarted()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("web", Shell("echo -n 'out of cheese' > /dev/termination-log; exit 3")));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Waiting.Reason: "CrashLoopBackOff" });
        var ended = kubelet.Container("web", "app")!.LastState!.Terminated!;
        Assert.That((ended.ExitCode, ended.Reason, ended.Message), Is.EqualTo((3, "Error", "out of cheese")));
    }

    [Test]
    public async Task Container_WithoutMessageFile_FallsBackToItsLog()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("job", Shell("echo first; echo last words; exit 1") with { TerminationMessagePolicy = "FallbackToLogsOnError" })
            .With(spec => spec with { RestartPolicy = "Never" }));
        await kubelet.UntilAsync(() => kubelet.Pod("job")?.Status?.Phase == "Failed");
        Assert.That(kubelet.Container("job", "app")!.State!.Terminated!.Message, Is.EqualTo("first\nlast words\n"));
    }

    [Test]
    public async Task Command_DoesNotExist_IsARunContainerError()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("web", Make.Container("app") with { Command = ["/no/such/program"] }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "RunContainerError");
        Assert.That(kubelet.Container("web", "app")!.State!.Waiting!.Message, Does.Contain("/no/such/program").And.Contain("no such file or directory").IgnoreCase);
    }

    [Test]
    public async Task Delete_ProcessGetsItsSignalAndItsTime()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("web", Shell("trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done")));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Running is not null && kubelet.Log("web", "app") == "up");
        await kubelet.Cluster.DeleteAsync<Pod>("default", "web", null, default);
        await kubelet.UntilAsync(() => kubelet.Pod("web") is null);
        var statuses = kubelet.Cluster.Requests.Count(request => request is { Verb: "patch", Subresource: "status", Key.Name: "web" });
        Assert.That(statuses, Is.GreaterThanOrEqualTo(2));
    }

    [Test]
    public async Task Kubelet_Restarts_ProcessesGoOn()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("web", Shell("echo up; sleep 1000")));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Running is not null);
        var before = kubelet.Container("web", "app")!;
        var pid = (await kubelet.Runtime.ListContainersAsync(null, default)).Single().Pid;
        await kubelet.RestartAsync();
        await kubelet.UntilAsync(() => kubelet.Runtime.ListContainersAsync(null, default).Result.Count == 1);
        await Task.Delay(200);
        Assert.Multiple(() =>
        {
            Assert.That(kubelet.Runtime.ListContainersAsync(null, default).Result.Single().Pid, Is.EqualTo(pid));
            Assert.That(kubelet.Container("web", "app")!.ContainerID, Is.EqualTo(before.ContainerID));
            Assert.That(kubelet.Container("web", "app")!.RestartCount, Is.Zero);
        });
        Process.GetProcessById(pid).Kill();
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Running: not null });
    }

    [Test]
    public async Task Probes_InTheContainer_DecideReadinessAndLife()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        var ready = new Probe { Exec = new() { Command = ["/bin/test", "-e", "/tmp/ready"] }, PeriodSeconds = 1 };
        var alive = new Probe { Exec = new() { Command = ["/bin/test", "!", "-e", "/tmp/dead"] }, PeriodSeconds = 1, FailureThreshold = 1 };
        await kubelet.CreateAsync(Make.Pod("web", Shell("sleep 0.3; touch /tmp/ready; sleep 1000") with { ReadinessProbe = ready, LivenessProbe = alive })
            .With(spec => spec with { TerminationGracePeriodSeconds = 1 }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { Ready: false, State.Running: not null });
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { Ready: true });
        var id = kubelet.Container("web", "app")!.ContainerID!["orc://".Length..];
        await kubelet.Runtime.ExecSyncAsync(id, ["/bin/touch", "/tmp/dead"], TimeSpan.FromSeconds(5), default);
        await kubelet.UntilAsync(() => kubelet.Container("web", "app") is { RestartCount: 1, State.Running: not null });
    }

    [Test]
    public async Task SubPath_LeadingOutOfItsVolume_IsRefused()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.CreateAsync(Make.Pod("web", Shell("sleep 1000") with { Name = "app", VolumeMounts = [new() { Name = "v", MountPath = "/v", SubPath = "link/inside" }] })
            .With(spec => spec with
            {
                Volumes = [new() { Name = "v", EmptyDir = new() }],
                InitContainers = [Shell("ln -s / /v/link") with { Name = "evil", VolumeMounts = [new() { Name = "v", MountPath = "/v" }] }],
            }));
        await kubelet.UntilAsync(() => kubelet.Container("web", "app")?.State?.Waiting?.Reason == "CreateContainerConfigError");
        Assert.That(kubelet.Container("web", "app")!.State!.Waiting!.Message, Does.StartWith("failed to prepare subPath for volumeMount \"v\" of container \"app\""));
    }

    /// <summary>Not a benchmark: a bound far above what is usual, so that a poll in the start path would be noticed.</summary>
    [Test]
    public async Task Pod_CreateToRunning_TakesMilliseconds()
    {
        await using var kubelet = await RealKubelet.StartAsync();
        await kubelet.UntilAsync(() => kubelet.Cluster.Find<Node>(null, "node1") is not null);
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await kubelet.CreateAsync(Make.Pod($"web-{i}", Shell("sleep 1000")).With(spec => spec with { TerminationGracePeriodSeconds = 0 }));
            await kubelet.UntilAsync(() => kubelet.Pod($"web-{i}")?.Status?.Phase == "Running");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        TestContext.Out.WriteLine($"create -> Running, ms: {string.Join(' ', times.Select(time => $"{time:0.0}"))}");
        Assert.That(times.Order().ElementAt(times.Count / 2), Is.LessThan(500));
    }

    private static Container Shell(string script) => Make.Container("app") with { Command = ["/bin/sh", "-c", script] };
}
