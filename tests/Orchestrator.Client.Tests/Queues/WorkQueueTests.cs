using Orchestrator.Client.Queues;
using Orchestrator.Testing;

namespace Orchestrator.Client.Tests.Queues;

[CancelAfter(10_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeClock clock = new();
    private readonly WorkQueue<string> queue;

    public WorkQueueTests() => queue = new WorkQueue<string>("test", clock);

    public void Dispose() => queue.Dispose();

    [Test]
    public async Task Add_SameKeyTwice_IsHandedOutOnceWithBothTriggers()
    {
        queue.Add("a", 7);
        queue.Add("a", 9);

        var item = (await queue.TakeAsync(default))!.Value;
        Assert.That(item.Triggers, Is.EqualTo([7, 9]));
        Assert.That(queue.Length, Is.Zero);
    }

    [Test]
    public async Task Add_KeyInWork_WaitsUntilItIsDone()
    {
        queue.Add("a");
        await queue.TakeAsync(default);
        queue.Add("a", 5);
        Assert.That(queue.Length, Is.Zero);

        queue.Done("a");
        Assert.That((await queue.TakeAsync(default))!.Value.Triggers, Is.EqualTo([5]));
    }

    [Test]
    public async Task Take_SeveralKeys_ComeInTheOrderAdded()
    {
        foreach (var key in (string[])["c", "a", "b", "a"])
            queue.Add(key);
        var order = new List<string>();
        while (queue.Length > 0)
            order.Add((await queue.TakeAsync(default))!.Value.Key);
        Assert.That(order, Is.EqualTo(["c", "a", "b"]));
    }

    [Test]
    public async Task Take_EmptyQueue_WaitsForTheNextKey()
    {
        var taking = queue.TakeAsync(default).AsTask();
        Assert.That(taking.IsCompleted, Is.False);
        queue.Add("a");
        Assert.That((await taking)!.Value.Key, Is.EqualTo("a"));
    }

    [Test]
    public async Task Take_Cancelled_LeavesTheKeyToTheNextTaker()
    {
        using var stop = new CancellationTokenSource();
        var first = queue.TakeAsync(stop.Token).AsTask();
        var second = queue.TakeAsync(default).AsTask();
        await stop.CancelAsync();
        Assert.That(async () => await first, Throws.InstanceOf<OperationCanceledException>());

        queue.Add("a");
        Assert.That((await second)!.Value.Key, Is.EqualTo("a"));
    }

    [Test]
    public void AddAfter_TwoDelays_TheShorterCounts()
    {
        queue.AddAfter("a", TimeSpan.FromSeconds(10));
        queue.AddAfter("a", TimeSpan.FromSeconds(2));
        clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.That(queue.Length, Is.Zero);
        clock.Advance(TimeSpan.FromSeconds(0.2));
        Assert.That(queue.Length, Is.EqualTo(1));
        clock.Advance(TimeSpan.FromSeconds(20));
        Assert.That(queue.Length, Is.EqualTo(1), "the longer delay is void");
    }

    [Test]
    public async Task AddWithBackoff_EachFailure_DoublesTheDelayUpToTheCap()
    {
        var delays = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            var before = clock.GetUtcNow();
            queue.AddWithBackoff("a");
            clock.Advance(clock.NextDue!.Value - clock.GetUtcNow());
            delays.Add((clock.GetUtcNow() - before).TotalMilliseconds);
            await queue.TakeAsync(default);
            queue.Done("a");
        }

        Assert.That(delays[..4], Is.EqualTo([5, 10, 20, 40]));
        Assert.That(delays[^1], Is.EqualTo(1_000_000));
        queue.Forget("a");
        Assert.That(queue.FailuresOf("a"), Is.Zero);
    }

    [Test]
    public async Task Complete_WaitingTaker_GetsNothing()
    {
        var taking = queue.TakeAsync(default).AsTask();
        queue.Complete();
        Assert.That(await taking, Is.Null);
        queue.Add("a");
        Assert.That(await queue.TakeAsync(default), Is.Null);
    }

    [Test]
    public async Task Triggers_TooMany_TheLatestAreKept()
    {
        for (var i = 1; i <= 40; i++)
            queue.Add("a", i);
        var item = (await queue.TakeAsync(default))!.Value;
        Assert.That(item.Triggers, Has.Count.EqualTo(16));
        Assert.That(item.Triggers[^1], Is.EqualTo(40));
    }
}
