using System.Net;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Tests.Registry;
using Orchestrator.Storage.Memory;
using Orchestrator.Testing;

namespace Orchestrator.ApiServer.Tests.Http;

/// <summary>Watches of a server that cannot reach its store.</summary>
internal sealed class StoreContactTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private FakeClock clock = null!;
    private StubbornStore store = null!;
    private TestApiServer server = null!;

    [SetUp]
    public async Task SetUp()
    {
        clock = new FakeClock();
        store = new StubbornStore(new MemoryStore());
        server = await TestApiServer.StartAsync(store: store, time: clock);
    }

    [TearDown]
    public async Task TearDown()
    {
        await server.DisposeAsync();
        await store.DisposeAsync();
    }

    [Test]
    public async Task Watch_StoreIsAwayForLong_EndsAndCanBeResumed()
    {
        var version = await server.CreateConfigMapAsync("a");
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");
        var ended = watch.NextAsync();
        store.IsAway = true;
        var lostAt = clock.GetUtcNow();

        await clock.AdvanceUntilAsync(() => ended.IsCompleted, TimeSpan.FromMinutes(1));

        Assert.That(await ended, Is.Null, "an end, and no error");
        Assert.That(clock.GetUtcNow() - lostAt, Is.InRange(StoreContact.Patience - StoreContact.Interval, StoreContact.Patience + (2 * StoreContact.Interval)));
        var (code, status) = await server.GetAsync($"{Maps}?watch=1&resourceVersion={version}");
        Assert.That(code, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(status["message"]!.ToString(), Does.Contain("the store did not answer: nobody answers"));
        Assert.That((await server.GetAsync($"{Maps}?resourceVersion=0")).Code, Is.EqualTo(HttpStatusCode.OK), "who asks for any state gets the last one");

        store.IsAway = false;
        await server.CreateConfigMapAsync("b");
        using var resumed = await WatchReader.OpenAsync(server, $"{Maps}?watch=1&resourceVersion={version}");
        Assert.That(await resumed.NextAsync(), Is.EqualTo("ADDED b"));
    }

    [Test]
    public async Task Watch_StoreIsAwayForAMoment_GoesOn()
    {
        using var watch = await WatchReader.OpenAsync(server, $"{Maps}?watch=1");
        for (var i = 0; i < 3; i++)
        {
            store.IsAway = true;
            await PassAsync(StoreContact.Patience - StoreContact.Interval);
            store.IsAway = false;
            await PassAsync(2 * StoreContact.Interval);
        }

        await server.CreateConfigMapAsync("a");
        Assert.That(await watch.NextAsync(), Is.EqualTo("ADDED a"));
    }

    private async Task PassAsync(TimeSpan time)
    {
        var end = clock.GetUtcNow() + time;
        await clock.AdvanceUntilAsync(() => clock.GetUtcNow() >= end, time * 2);
    }
}
