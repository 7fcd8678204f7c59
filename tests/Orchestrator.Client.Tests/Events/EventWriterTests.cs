using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.Api.Meta.V1;
using Orchestrator.Client.Events;
using Orchestrator.Testing;

namespace Orchestrator.Client.Tests.Events;

[CancelAfter(30_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EventWriterTests
{
    private static readonly Pod Subject = new() { Metadata = new ObjectMeta { Name = "p", Namespace = "default", Uid = "u" } };

    private readonly FakeClock clock = new();
    private readonly FakeCluster cluster;
    private readonly EventWriter writer;
    private readonly IEventRecorder events;
    private readonly CancellationTokenSource stop = new();
    private readonly Task running;

    public EventWriterTests()
    {
        cluster = new FakeCluster(clock);
        writer = new EventWriter(cluster, clock, NullLogger<EventWriter>.Instance);
        events = writer.For("kubelet", "n1");
        running = writer.RunAsync(stop.Token);
    }

    [TearDown]
    public async Task TearDown()
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }

    [Test]
    public async Task Record_SameTwice_CountsInsteadOfWritingTwo()
    {
        events.Normal(Subject, "Pulled", "image present");
        clock.Advance(TimeSpan.FromSeconds(3));
        events.Normal(Subject, "Pulled", "image present");

        await Settle.UntilAsync(() => cluster.All<Event>() is [{ Count: 2 }]);
        var item = cluster.All<Event>()[0];
        Assert.Multiple(() =>
        {
            Assert.That(item.InvolvedObject!.Kind, Is.EqualTo("Pod"));
            Assert.That(item.Source!.Component, Is.EqualTo("kubelet"));
            Assert.That(item.LastTimestamp - item.FirstTimestamp, Is.EqualTo(TimeSpan.FromSeconds(3)));
        });
    }

    [Test]
    public async Task Record_ManySimilar_AreCombined()
    {
        for (var i = 0; i < 15; i++)
            events.Normal(Subject, "Failed", $"try {i}");
        await Settle.UntilAsync(() => cluster.All<Event>().Any(e => e.Count == 5));
        Assert.That(cluster.All<Event>(), Has.Count.EqualTo(11));
        Assert.That(cluster.All<Event>().Last().Message, Is.EqualTo("(combined from similar events): try 14"));
    }

    [Test]
    public async Task Record_TooMany_AreDropped()
    {
        for (var i = 0; i < 40; i++)
            events.Normal(Subject, "Reason" + i, "m");
        events.Normal(new Pod { Metadata = new ObjectMeta { Name = "other", Namespace = "default" } }, "Last", "m");
        await Settle.UntilAsync(() => cluster.All<Event>().Any(e => e.Reason == "Last"));
        Assert.That(cluster.All<Event>(), Has.Count.EqualTo(26));
    }

    [Test]
    public async Task Record_CountedEventIsGone_IsWrittenAnew()
    {
        events.Normal(Subject, "A", "m");
        await Settle.UntilAsync(() => cluster.All<Event>().Count == 1);
        await cluster.DeleteAsync<Event>("default", cluster.All<Event>()[0].Metadata.Name!, null, default);
        events.Normal(Subject, "A", "m");
        await Settle.UntilAsync(() => cluster.All<Event>().Count == 1);
    }

    [Test]
    public async Task Record_ServerAway_IsWrittenWhenItIsBack()
    {
        var refusals = 3;
        cluster.Refuse = _ => refusals-- > 0 ? Errors.Unavailable() : null;
        events.Warning(Subject, "A", "m");
        await clock.AdvanceUntilAsync(() => cluster.All<Event>().Count == 1, TimeSpan.FromSeconds(30));
    }
}
