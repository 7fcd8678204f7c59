using Orchestrator.Kubelet.Pods;
using Orchestrator.Kubelet.Probes;
using Orchestrator.Kubelet.Reporting;

namespace Orchestrator.Kubelet.Tests.Reporting;

public sealed class PodStatusBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 8, 0, 0, TimeSpan.Zero);

    [Test]
    public void Build_NothingRuns_IsPendingAndCreating()
    {
        var status = Build(Make.Pod("web"), PodRuntimeState.Empty);
        Assert.Multiple(() =>
        {
            Assert.That(status.Phase, Is.EqualTo("Pending"));
            Assert.That(status.StartTime, Is.EqualTo(Now));
            Assert.That(status.ContainerStatuses![0].State!.Waiting!.Reason, Is.EqualTo("ContainerCreating"));
            Assert.That(status.ContainerStatuses[0].Ready, Is.False);
            Assert.That(Condition(status, "ContainersReady").Message, Is.EqualTo("containers with unready status: [app]"));
            Assert.That(Condition(status, "PodReadyToStartContainers").Status, Is.EqualTo("False"));
            Assert.That(Condition(status, "Initialized").Status, Is.EqualTo("True"));
        });
    }

    [Test]
    public void Build_ReadinessGateOpen_HoldsBackReadyAlone()
    {
        var pod = Make.Pod("web").With(spec => spec with { ReadinessGates = [new() { ConditionType = "lb" }] });
        var status = Build(pod, State(Container("app")));
        Assert.That((Condition(status, "ContainersReady").Status, Condition(status, "Ready").Status), Is.EqualTo(("True", "False")));
        Assert.That(Condition(status, "Ready").Message, Is.EqualTo("corresponding condition of pod readiness gate \"lb\" does not exist."));
        var passed = Build(pod with { Status = new() { Conditions = [new() { Type = "lb", Status = "True" }] } }, State(Container("app")));
        Assert.That(Condition(passed, "Ready").Status, Is.EqualTo("True"));
        Assert.That(passed.Conditions, Has.Some.Matches<PodCondition>(condition => condition.Type == "lb"), "a condition of others is kept");
    }

    [Test]
    public void Build_CrashLoop_IsWaitingWithItsLastState()
    {
        var status = Build(Make.Pod("web"), State(Ended("app", 2, attempt: 1)), input => input with { Waiting = new Dictionary<string, WaitingReason> { ["app"] = new("CrashLoopBackOff", "m") } });
        var container = status.ContainerStatuses![0];
        Assert.Multiple(() =>
        {
            Assert.That(status.Phase, Is.EqualTo("Running"));
            Assert.That(container.State!.Waiting!.Reason, Is.EqualTo("CrashLoopBackOff"));
            Assert.That(container.LastState!.Terminated!.ExitCode, Is.EqualTo(2));
            Assert.That(container.RestartCount, Is.EqualTo(1));
        });
    }

    [TestCase("Never", 0, "Succeeded")]
    [TestCase("Never", 1, "Failed")]
    [TestCase("OnFailure", 1, "Running")]
    [TestCase("Always", 0, "Running")]
    public void Build_AllEnded_PhaseFollowsThePolicy(string policy, int exitCode, string phase)
    {
        var pod = Make.Pod("job").With(spec => spec with { RestartPolicy = policy });
        Assert.That(Build(pod, State(Ended("app", exitCode))).Phase, Is.EqualTo(phase));
    }

    [Test]
    public void Build_EndingPodOfPolicyAlways_IsFinalOnceNothingRuns()
    {
        var pod = Make.Pod("web", Make.Container("app"), Make.Container("other")) with { Status = new() { Phase = "Running" } };
        Assert.That(Build(pod, State(Ended("app", 0), Container("other")), input => input with { IsEnding = true }).Phase, Is.EqualTo("Running"));
        Assert.That(Build(pod, State(Ended("app", 0), Ended("other", 143)), input => input with { IsEnding = true }).Phase, Is.EqualTo("Failed"));
    }

    [Test]
    public void Build_FinalPhase_IsNeverLeft()
    {
        var pod = Make.Pod("web") with { Status = new() { Phase = "Failed", Reason = "Evicted", Message = "m" } };
        var status = Build(pod, State(Container("app")));
        Assert.That((status.Phase, status.Reason, status.Message), Is.EqualTo(("Failed", "Evicted", "m")));
    }

    [Test]
    public void Build_TransitionTime_ChangesWithTheStatusOnly()
    {
        var first = Build(Make.Pod("web"), State(Container("app")));
        var second = Build(Make.Pod("web") with { Status = first }, State(Container("app")), input => input with { Now = Now.AddHours(1) });
        Assert.That(Condition(second, "Ready").LastTransitionTime, Is.EqualTo(Now));
        var third = Build(Make.Pod("web") with { Status = second }, State(Ended("app", 1)), input => input with { Now = Now.AddHours(2) });
        Assert.That(Condition(third, "Ready").LastTransitionTime, Is.EqualTo(Now.AddHours(2)));
    }

    [Test]
    public void Build_InitContainersLeft_NamesThem()
    {
        var pod = Make.Pod("web").With(spec => spec with { InitContainers = [Make.Container("one"), Make.Container("two")] });
        var status = Build(pod, State(Ended("one", 0), Container("two")));
        Assert.Multiple(() =>
        {
            Assert.That(status.Phase, Is.EqualTo("Pending"));
            Assert.That(Condition(status, "Initialized").Message, Is.EqualTo("containers with incomplete status: [two]"));
            Assert.That(status.InitContainerStatuses![0].State!.Terminated!.Reason, Is.EqualTo("Completed"));
            Assert.That(status.ContainerStatuses![0].State!.Waiting!.Reason, Is.EqualTo("PodInitializing"));
        });
    }

    [Test]
    public void Build_ContainerLostWithItsRuntime_SaysSo()
    {
        var pod = Make.Pod("web") with { Status = new() { Phase = "Running", ContainerStatuses = [new() { Name = "app", ContainerID = "orc://x", RestartCount = 2, State = new() { Running = new() } }] } };
        var container = Build(pod, PodRuntimeState.Empty).ContainerStatuses![0];
        Assert.That((container.State!.Waiting!.Reason, container.LastState!.Terminated!.Reason, container.LastState.Terminated.ExitCode),
            Is.EqualTo(("ContainerCreating", "ContainerStatusUnknown", 137)));
    }

    [TestCase(null, null, "BestEffort")]
    [TestCase("1", null, "Burstable")]
    [TestCase(null, "1", "Guaranteed")]
    [TestCase("1", "1", "Guaranteed")]
    [TestCase("1", "2", "Burstable")]
    public void QosClass_FromRequestsAndLimits(string? request, string? limit, string expected)
    {
        var pod = Make.Pod("web", Make.Container("app") with { Resources = new() { Requests = Both(request), Limits = Both(limit) } });
        Assert.That(QosClass.Of(pod), Is.EqualTo(expected));

        static Dictionary<string, Quantity>? Both(string? value) =>
            value is null ? null : new() { ["cpu"] = Quantity.Parse(value), ["memory"] = Quantity.Parse(value) };
    }

    [Test]
    public void Patch_NothingChanged_IsNone()
    {
        var status = Json(Build(Make.Pod("web"), State(Container("app"))));
        Assert.That(PodStatusPatch.Create(Make.Pod("web"), status, status.DeepClone().AsObject()), Is.Null);
    }

    [Test]
    public void Patch_ForeignConditionsAreLeftAlone_AndGoneFieldsRemoved()
    {
        var before = Build(Make.Pod("web"), State(Container("app"))) with { Message = "old" };
        before = before with { Conditions = [.. before.Conditions!, new() { Type = "lb", Status = "False" }] };
        var after = before with { Message = null, PodIPs = [new() { Ip = "9.9.9.9" }], Conditions = [.. before.Conditions!.Select(condition => condition with { Status = "True", Reason = null, Message = null })] };
        var patch = PodStatusPatch.Create(Make.Pod("web"), Json(before), Json(after))!["status"]!.AsObject();
        Assert.Multiple(() =>
        {
            Assert.That(patch.ContainsKey("message") && patch["message"] is null);
            Assert.That(patch["conditions"]?.AsArray().Select(condition => (string)condition!["type"]!) ?? [], Has.None.EqualTo("lb"));
            Assert.That(patch["podIPs"]!.ToJsonString(), Is.EqualTo("[{\"$patch\":\"replace\"},{\"ip\":\"9.9.9.9\"}]"));
            Assert.That(patch.ContainsKey("phase"), Is.False);
        });
    }

    private static System.Text.Json.Nodes.JsonObject Json(PodStatus status) =>
        System.Text.Json.Nodes.JsonNode.Parse(Orchestrator.Api.Serialization.ApiJson.Serialize(status))!.AsObject();

    private static PodCondition Condition(PodStatus status, string type) => status.Conditions!.Single(condition => condition.Type == type);

    private static PodStatus Build(Pod pod, PodRuntimeState state, Func<PodStatusInput, PodStatusInput>? change = null)
    {
        var input = new PodStatusInput { Pod = pod, State = state, Probes = new NoProbes(), Now = Now, HostIp = "172.30.0.2" };
        return PodStatusBuilder.Build(change?.Invoke(input) ?? input);
    }

    private static PodRuntimeState State(params Cri.ContainerStatus[] containers) => new(
        [new() { Id = "s", Metadata = new("web", "default", "uid", 0), State = Cri.PodSandboxState.Ready, Addresses = [System.Net.IPAddress.Parse("10.244.0.5")] }], containers);

    private static Cri.ContainerStatus Container(string name) =>
        new() { Id = name, SandboxId = "s", Metadata = new(name, 0), State = Cri.ContainerState.Running, CreatedAt = Now, StartedAt = Now, Image = "busybox:1", ImageRef = "ref" };

    private static Cri.ContainerStatus Ended(string name, int exitCode, int attempt = 0) =>
        Container(name) with { Metadata = new(name, attempt), State = Cri.ContainerState.Exited, ExitCode = exitCode, FinishedAt = Now, Reason = exitCode == 0 ? "Completed" : "Error" };

    private sealed class NoProbes : IProbeResults
    {
        public bool? Find(string containerId, ProbeKind kind) => null;
    }
}
