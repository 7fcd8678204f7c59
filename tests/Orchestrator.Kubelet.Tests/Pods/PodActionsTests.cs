using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Probes;

namespace Orchestrator.Kubelet.Tests.Pods;

public sealed class PodActionsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    [Test]
    public void Compute_NothingThere_CreatesASandboxOnly()
    {
        var actions = PodActions.Compute(View(Make.Pod("web"), PodRuntimeState.Empty));
        Assert.That((actions.CreateSandbox, actions.SandboxAttempt, actions.Start.Count), Is.EqualTo((true, 0, 0)));
    }

    [Test]
    public void Compute_AsItShouldBe_DoesNothing()
    {
        var actions = PodActions.Compute(View(Make.Pod("web"), State(Running("app"))));
        Assert.That((actions.CreateSandbox, actions.Start.Count, actions.Kill.Count, actions.Delayed.Count), Is.EqualTo((false, 0, 0, 0)));
    }

    [Test]
    public void Compute_AppsWithoutHooks_StartSideBySide() =>
        Assert.That(Starts(View(Make.Pod("web", Make.Container("a"), Make.Container("b")), State())), Is.EqualTo(new[] { "a", "b" }));

    [Test]
    public void Compute_PostStartHook_HoldsBackTheContainersBehindIt()
    {
        var hooked = Make.Container("a") with { Lifecycle = new() { PostStart = new() { Exec = new() { Command = ["x"] } } } };
        var pod = Make.Pod("web", hooked, Make.Container("b"));
        Assert.That(Starts(View(pod, State())), Is.EqualTo(new[] { "a" }));
        Assert.That(Starts(View(pod, State(Running("a"))) with { Busy = new HashSet<string> { "a" } }), Is.Empty);
        Assert.That(Starts(View(pod, State(Running("a")))), Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void Compute_ExitedInAnEarlierSandbox_StartsWithTheNextAttempt()
    {
        var old = Sandbox("old", 0) with { State = Cri.PodSandboxState.NotReady };
        var state = new PodRuntimeState([Sandbox("new", 1), old], [Exited("app", 137, attempt: 4) with { SandboxId = "old" }]);
        var start = PodActions.Compute(View(Make.Pod("web"), state)).Start.Single();
        Assert.That((start.Container.Name, start.Attempt), Is.EqualTo(("app", 5)));
    }

    [Test]
    public void Compute_RuntimeForgotTheContainer_CountsOnFromTheStatus()
    {
        var pod = Make.Pod("web") with { Status = new() { ContainerStatuses = [new() { Name = "app", ContainerID = "orc://x", RestartCount = 6 }] } };
        Assert.That(PodActions.Compute(View(pod, State())).Start.Single().Attempt, Is.EqualTo(7));
    }

    [TestCase("Always", 0, true)]
    [TestCase("OnFailure", 0, false)]
    [TestCase("OnFailure", 1, true)]
    [TestCase("Never", 1, false)]
    public void Compute_ContainerEnded_RestartsByPolicy(string policy, int exitCode, bool restarts)
    {
        var pod = Make.Pod("web").With(spec => spec with { RestartPolicy = policy });
        Assert.That(Starts(View(pod, State(Exited("app", exitCode)))), Is.EqualTo(restarts ? new[] { "app" } : []));
    }

    [TestCase(42, true)]
    [TestCase(1, false)]
    public void Compute_OwnRestartRule_OverrulesThePod(int exitCode, bool restarts)
    {
        var container = Make.Container("app") with
        {
            RestartPolicy = "Never",
            RestartPolicyRules = [new() { Action = "Restart", ExitCodes = new() { Operator = "In", Values = [42] } }],
        };
        Assert.That(Starts(View(Make.Pod("web", container), State(Exited("app", exitCode)))), Is.EqualTo(restarts ? new[] { "app" } : []));
    }

    [Test]
    public void Compute_WithinBackOff_WaitsAndSaysUntilWhen()
    {
        var view = View(Make.Pod("web"), State(Exited("app", 1))) with { BackOffs = new Dictionary<string, RestartBackOff> { ["app"] = new(TimeSpan.FromSeconds(20), Now) } };
        var actions = PodActions.Compute(view with { Now = Now.AddSeconds(5) });
        Assert.That((actions.Start.Count, actions.Delayed.Single().Container.Name, actions.NextCheck), Is.EqualTo((0, "app", Now.AddSeconds(20))));
        Assert.That(Starts(view with { Now = Now.AddSeconds(20) }), Is.EqualTo(new[] { "app" }));
    }

    [Test]
    public void Compute_ImageChanged_KillsAndStartsWithoutBackOff()
    {
        var view = View(Make.Pod("web", Make.Container("app") with { Image = "busybox:2" }), State(Running("app")));
        Assert.That(PodActions.Compute(view).Kill.Single().Message, Is.EqualTo("Container app definition changed, will be restarted"));
        var ended = View(Make.Pod("web", Make.Container("app") with { Image = "busybox:2" }), State(Exited("app", 137))) with
        {
            BackOffs = new Dictionary<string, RestartBackOff> { ["app"] = new(TimeSpan.FromSeconds(20), Now) },
        };
        Assert.That(Starts(ended), Is.EqualTo(new[] { "app" }));
    }

    [TestCase(ProbeKind.Liveness, "Container app failed liveness probe, will be restarted")]
    [TestCase(ProbeKind.Startup, "Container app failed startup probe, will be restarted")]
    public void Compute_ProbeFailed_Kills(object kind, string message)
    {
        var view = View(Make.Pod("web"), State(Running("app"))) with { Probes = new FixedProbes("app", (ProbeKind)kind, false) };
        Assert.That(PodActions.Compute(view).Kill.Single().Message, Is.EqualTo(message));
    }

    [Test]
    public void Compute_BusyContainer_IsLeftAlone() =>
        Assert.That(Starts(View(Make.Pod("web"), State()) with { Busy = new HashSet<string> { "app" } }), Is.Empty);

    [Test]
    public void Compute_SidecarWithStartupProbe_HoldsBackTheRestUntilItSucceeds()
    {
        var sidecar = Make.Container("proxy") with { RestartPolicy = "Always", StartupProbe = new() { Exec = new() } };
        var pod = Make.Pod("web").With(spec => spec with { InitContainers = [sidecar, Make.Container("init")] });
        Assert.That(Starts(View(pod, State())), Is.EqualTo(new[] { "proxy" }));
        Assert.That(Starts(View(pod, State(Running("proxy")))), Is.Empty);
        Assert.That(Starts(View(pod, State(Running("proxy"))) with { Probes = new FixedProbes("proxy", ProbeKind.Startup, true) }), Is.EqualTo(new[] { "init" }));
    }

    [Test]
    public void Compute_SidecarEndsWhileAppsRun_IsStartedAgain()
    {
        var pod = Make.Pod("web").With(spec => spec with { InitContainers = [Make.Container("proxy") with { RestartPolicy = "Always" }, Make.Container("init")] });
        Assert.That(Starts(View(pod, State(Exited("proxy", 0), Exited("init", 0), Running("app")))), Is.EqualTo(new[] { "proxy" }));
    }

    [Test]
    public void Compute_InitFailedWithPolicyNever_StartsNothingMore()
    {
        var pod = Make.Pod("job").With(spec => spec with { RestartPolicy = "Never", InitContainers = [Make.Container("init")] });
        Assert.That(Starts(View(pod, State(Exited("init", 1)))), Is.Empty);
    }

    [Test]
    public void Compute_EphemeralContainer_StartsOnceAndNeverAgain()
    {
        var pod = Make.Pod("web").With(spec => spec with { EphemeralContainers = [new() { Name = "debug", Image = "busybox:1" }] });
        Assert.That(Starts(View(pod, State(Running("app")))), Is.EqualTo(new[] { "debug" }));
        Assert.That(Starts(View(pod, State(Running("app"), Exited("debug", 0)))), Is.Empty);
    }

    [Test]
    public void Compute_SandboxLostAndAllIsDone_MakesNoNewOne()
    {
        var pod = Make.Pod("job").With(spec => spec with { RestartPolicy = "OnFailure" });
        var state = new PodRuntimeState([Sandbox("s", 0) with { State = Cri.PodSandboxState.NotReady }], [Exited("app", 0)]);
        Assert.That(PodActions.Compute(View(pod, state)).CreateSandbox, Is.False);
    }

    [Test]
    public void BackOff_DoublesToItsLimitAndIsForgottenAfterTwiceThat()
    {
        var maximum = TimeSpan.FromMinutes(5);
        var backOff = default(RestartBackOff);
        var delays = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            backOff = backOff.Next(Now, TimeSpan.FromSeconds(10), maximum, Now);
            delays.Add(backOff.Delay.TotalSeconds);
        }

        Assert.That(delays, Is.EqualTo(new double[] { 10, 20, 40, 80, 160, 300, 300 }));
        var later = Now.AddMinutes(11);
        Assert.That(backOff.Until(later, maximum, later), Is.Null);
        Assert.That(backOff.Next(later, TimeSpan.FromSeconds(10), maximum, later).Delay, Is.EqualTo(TimeSpan.FromSeconds(10)));
        Assert.That(RestartBackOff.Format(TimeSpan.FromSeconds(160)), Is.EqualTo("2m40s"));
    }

    private static string[] Starts(PodView view) => [.. PodActions.Compute(view).Start.Select(start => start.Container.Name)];

    private static PodView View(Pod pod, PodRuntimeState state) => new() { Pod = pod, State = state, Now = Now, Probes = new FixedProbes("", ProbeKind.Startup, null) };

    private static PodRuntimeState State(params Cri.ContainerStatus[] containers) => new([Sandbox("s", 0)], containers);

    private static Cri.PodSandboxStatus Sandbox(string id, int attempt) => new()
    {
        Id = id, Metadata = new("web", "default", "uid", attempt), State = Cri.PodSandboxState.Ready, Addresses = [System.Net.IPAddress.Loopback],
    };

    private static Cri.ContainerStatus Running(string name) => new()
    {
        Id = name, SandboxId = "s", Metadata = new(name, 0), State = Cri.ContainerState.Running,
        Annotations = new Dictionary<string, string> { [RuntimeLabels.ContainerHash] = RuntimeLabels.HashOf(Make.Container(name)) },
    };

    private static Cri.ContainerStatus Exited(string name, int exitCode, int attempt = 0) => Running(name) with
    {
        Metadata = new(name, attempt),
        State = Cri.ContainerState.Exited,
        ExitCode = exitCode,
        FinishedAt = Now,
    };

    private sealed record FixedProbes(string ContainerId, ProbeKind Kind, bool? Verdict) : IProbeResults
    {
        public bool? Find(string containerId, ProbeKind kind) => containerId == ContainerId && kind == Kind ? Verdict : null;
    }
}
