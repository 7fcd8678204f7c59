using Orchestrator.Api;
using Orchestrator.Scheduler.Tracing;

namespace Orchestrator.Scheduler.Tests.Tracing;

public sealed class TraceStoreTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly TraceStore store = new(capacity: 3);

    [Test]
    public void TakeUnpublished_GivesEachPodOnceAndItsLastAttempt()
    {
        store.Add(Failed("a", "no room", 0));
        store.Add(Placed("b", 1));
        store.Add(Placed("a", 2));

        Assert.That(Taken(), Is.EqualTo(new[] { "b on n1", "a on n1" }));
        Assert.That(Taken(), Is.Empty);
    }

    [Test]
    public void Add_TheSameRefusalAgain_IsNotMadeKnownAgainForAWhile()
    {
        store.Add(Failed("a", "no room", 0));
        Assert.That(Taken(), Is.EqualTo(new[] { "a: no room" }));

        store.Add(Failed("a", "no room", 60));
        Assert.That(Taken(), Is.Empty, "it says nothing new");
        store.Add(Failed("a", "no port", 61));
        Assert.That(Taken(), Is.EqualTo(new[] { "a: no port" }));
        store.Add(Failed("a", "no port", 61 + 600));
        Assert.That(Taken(), Is.EqualTo(new[] { "a: no port" }), "after ten minutes it is news again");
    }

    [Test]
    public void Add_BeyondTheCapacity_LetsTheOldestGo()
    {
        foreach (var name in new[] { "a", "b", "c", "d" })
            store.Add(Placed(name, 0));

        Assert.That(store.Find(new ObjectKey("default", "a")), Is.Null);
        Assert.That(Taken(), Is.EqualTo(new[] { "b on n1", "c on n1", "d on n1" }));
    }

    [Test]
    public void WaitAsync_CompletesWhenThereIsSomething()
    {
        var waiting = store.WaitAsync(CancellationToken.None);
        Assert.That(waiting.IsCompleted, Is.False);
        store.Add(Placed("a", 0));
        Assert.That(async () => await waiting.WaitAsync(TimeSpan.FromSeconds(10)), Throws.Nothing);
        Assert.That(store.WaitAsync(CancellationToken.None).IsCompleted, Is.True);
        _ = Taken();
        Assert.That(store.WaitAsync(CancellationToken.None).IsCompleted, Is.False);
    }

    private string[] Taken() =>
        [.. store.TakeUnpublished(10).Select(trace => trace.SelectedNode is { } node ? $"{trace.Pod.Name} on {node}" : $"{trace.Pod.Name}: {trace.Message}")];

    private static PlacementTrace Placed(string pod, int second) => Failed(pod, "", second) with { SelectedNode = "n1" };

    private static PlacementTrace Failed(string pod, string message, int second) => new(
        new ObjectKey("default", pod), $"uid-{pod}", 1, Start.AddSeconds(second), TimeSpan.Zero, 1, null, message, null, [], [], []);
}
