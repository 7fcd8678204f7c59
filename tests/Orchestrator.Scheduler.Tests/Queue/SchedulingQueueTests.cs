using Orchestrator.Scheduler.Framework;
using Orchestrator.Scheduler.Queue;
using Orchestrator.Testing;

namespace Orchestrator.Scheduler.Tests.Queue;

public sealed class SchedulingQueueTests
{
    private readonly ClusterFixture cluster = new();
    private readonly FakeClock time = new();
    private SchedulingQueue queue = null!;

    [SetUp]
    public void SetUp() => queue = new SchedulingQueue(time);

    [TearDown]
    public void TearDown() => queue.Dispose();

    [Test]
    public async Task Pop_HigherPriorityAddedLater_ComesFirst()
    {
        queue.Set(Info("low", 0));
        queue.Set(Info("high", 100));
        queue.Set(Info("low2", 0));
        Assert.That(await PopNames(3), Is.EqualTo((string[])["high", "low", "low2"]));
    }

    [Test]
    public async Task ReturnUnschedulable_NoHelpfulEvent_StaysOut()
    {
        await ReturnAsUnschedulable("NodeResourcesFit");
        queue.Notice(ClusterEvent.VolumeChanged);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.That(IsReady(), Is.False);
    }

    [Test]
    public async Task ReturnUnschedulable_PodRemoved_ComesBackAfterItsBackoff()
    {
        await ReturnAsUnschedulable("NodeResourcesFit");
        queue.Notice(ClusterEvent.PodRemoved);
        Assert.That(IsReady(), Is.False, "one second of backoff first");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(IsReady(), Is.True);
    }

    [Test]
    public async Task ReturnUnschedulable_EventWhileInFlight_IsNotLost()
    {
        queue.Set(Info("a", 0));
        var queued = await queue.PopAsync(CancellationToken.None);
        queued.LastAttemptAt = time.GetUtcNow();
        queue.Notice(ClusterEvent.NodeAdded);
        queue.ReturnUnschedulable(queued, new HashSet<string> { "NodeResourcesFit" });
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(IsReady(), Is.True);
    }

    [Test]
    public async Task ReturnUnschedulable_FiveMinutesPass_IsTriedAnyway()
    {
        await ReturnAsUnschedulable("NodeResourcesFit");
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.That(IsReady(), Is.True);
    }

    [Test]
    public void Set_SchedulingGate_WaitsUntilItIsGone()
    {
        var gated = cluster.Pod("a", spec: spec => spec with { SchedulingGates = [new Api.Core.V1.PodSchedulingGate { Name = "g" }] });
        queue.Set(new PodInfo(gated));
        Assert.That(IsReady(), Is.False);
        queue.Set(new PodInfo(gated with { Spec = gated.Spec! with { SchedulingGates = [] } }));
        Assert.That(IsReady(), Is.True);
    }

    private async Task ReturnAsUnschedulable(string plugin)
    {
        queue.Set(Info("a", 0));
        var queued = await queue.PopAsync(CancellationToken.None);
        queued.LastAttemptAt = time.GetUtcNow();
        queue.ReturnUnschedulable(queued, new HashSet<string> { plugin });
    }

    private bool IsReady() => queue.PopAsync(CancellationToken.None).IsCompletedSuccessfully;

    private async Task<string[]> PopNames(int count)
    {
        var names = new string[count];
        for (var i = 0; i < count; i++)
            names[i] = (await queue.PopAsync(CancellationToken.None)).Pod.Key.Name;
        return names;
    }

    private PodInfo Info(string name, int priority) => new(cluster.Pod(name, spec: spec => spec with { Priority = priority }));
}
