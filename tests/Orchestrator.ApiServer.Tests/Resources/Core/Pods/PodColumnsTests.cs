using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Resources.Core.Pods;

namespace Orchestrator.ApiServer.Tests.Resources.Core.Pods;

public sealed class PodColumnsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ContainerStatus Running = new() { Name = "a", Ready = true, RestartCount = 0, State = new() { Running = new() } };

    private static IEnumerable<TestCaseData> Statuses()
    {
        yield return Case("ContainerCreating", "0/1", Waiting("ContainerCreating"));
        yield return Case("CrashLoopBackOff", "0/1", Waiting("CrashLoopBackOff"));
        yield return Case("Running", "1/1", Running);
        yield return Case("Completed", "0/1", Terminated(0, "Completed"));
        yield return Case("Error", "0/1", Terminated(1, "Error"));
        yield return Case("ExitCode:3", "0/1", Terminated(3, null));
        yield return Case("Signal:9", "0/1", Running with { Ready = false, State = new() { Terminated = new() { ExitCode = 137, Signal = 9 } } });
    }

    [TestCaseSource(nameof(Statuses))]
    public void Status_OneContainer_IsItsReason(string status, string ready, ContainerStatus container)
    {
        var cells = Cells(PodOf(new PodStatus { Phase = "Running", ContainerStatuses = [container] }));

        Assert.That((cells["Status"], cells["Ready"]), Is.EqualTo((status, ready)));
    }

    [Test]
    public void Status_SecondInitContainerRuns_CountsTheDone()
    {
        var pod = PodOf(new PodStatus
        {
            Phase = "Pending",
            InitContainerStatuses = [Terminated(0, "Completed") with { Name = "i0" }, Running with { Name = "i1", Ready = false }],
            ContainerStatuses = [Waiting("PodInitializing")],
        });
        pod = pod with { Spec = pod.Spec! with { InitContainers = [new() { Name = "i0" }, new() { Name = "i1" }] } };

        Assert.That(Cells(pod)["Status"], Is.EqualTo("Init:1/2"));
    }

    [Test]
    public void Status_SidecarStarted_CountsAsContainer()
    {
        var pod = PodOf(new PodStatus
        {
            Phase = "Running", InitContainerStatuses = [Running with { Name = "side", Started = true }], ContainerStatuses = [Running],
        });
        pod = pod with { Spec = pod.Spec! with { InitContainers = [new() { Name = "side", RestartPolicy = "Always" }] } };

        Assert.That((Cells(pod)["Ready"], Cells(pod)["Status"]), Is.EqualTo(("2/2", "Running")));
    }

    [Test]
    public void Status_InitContainerFails_SaysWhy()
    {
        var pod = PodOf(new PodStatus { Phase = "Pending", InitContainerStatuses = [Waiting("ImagePullBackOff") with { Name = "i0" }] });
        pod = pod with { Spec = pod.Spec! with { InitContainers = [new() { Name = "i0" }] } };

        Assert.That(Cells(pod)["Status"], Is.EqualTo("Init:ImagePullBackOff"));
    }

    [TestCase(null, "Terminating")]
    [TestCase("NodeLost", "Unknown")]
    public void Status_BeingDeleted_IsTerminating(string? reason, string expected)
    {
        var pod = PodOf(new PodStatus { Phase = "Running", Reason = reason, ContainerStatuses = [Running] });
        pod = pod with { Metadata = pod.Metadata with { DeletionTimestamp = Now } };

        Assert.That(Cells(pod)["Status"], Is.EqualTo(expected));
    }

    [Test]
    public void Restarts_WithATime_SayHowLongAgo()
    {
        var restarted = Running with { RestartCount = 3, LastState = new() { Terminated = new() { ExitCode = 1, FinishedAt = Now.AddMinutes(-2) } } };

        Assert.That(Cells(PodOf(new PodStatus { Phase = "Running", ContainerStatuses = [restarted] }))["Restarts"], Is.EqualTo("3 (2m ago)"));
    }

    [Test]
    public void Wide_NothingKnown_IsNone()
    {
        var cells = Cells(new Pod());

        Assert.That((cells["IP"], cells["Node"], cells["Nominated Node"], cells["Readiness Gates"]), Is.EqualTo(("<none>", "<none>", "<none>", "<none>")));
    }

    private static TestCaseData Case(string status, string ready, ContainerStatus container) =>
        new TestCaseData(status, ready, container).SetName($"Status_OneContainer_IsItsReason({status})");

    private static Pod PodOf(PodStatus status) => new() { Spec = new PodSpec { Containers = [new() { Name = "a" }] }, Status = status };

    private static ContainerStatus Waiting(string reason) => new() { Name = "a", Ready = false, RestartCount = 0, State = new() { Waiting = new() { Reason = reason } } };

    private static ContainerStatus Terminated(int code, string? reason) =>
        new() { Name = "a", Ready = false, RestartCount = 0, State = new() { Terminated = new() { ExitCode = code, Reason = reason } } };

    private static Dictionary<string, string> Cells(Pod pod) => PodColumns.All.ToDictionary(column => column.Name, column => column.Cell(pod, Now)?.ToString() ?? "");
}
