using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Resources.Core;

public sealed class EventTimeToLiveTests
{
    [Test]
    public async Task Create_Event_HangsOnALeaseAndAConfigMapDoesNot()
    {
        await using var server = await ClusterServer.StartAsync();
        await server.PostAsync("/api/v1/namespaces/default/events", """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","namespace":"default","name":"x"}}""");
        await server.PostAsync("/api/v1/namespaces/default/configmaps", """{"metadata":{"name":"c"}}""");

        var stored = await server.Host.Store.GetAsync("/registry/events/default/e", 0, CancellationToken.None);
        var kept = await server.Host.Store.GetAsync("/registry/configmaps/default/c", 0, CancellationToken.None);

        Assert.That(stored.KeyValue!.LeaseId, Is.Not.Zero);
        Assert.That(kept.KeyValue!.LeaseId, Is.Zero);
        await server.Host.Store.RevokeLeaseAsync(stored.KeyValue.LeaseId, CancellationToken.None);
        await ClusterServer.EventuallyAsync(async () => (await server.GetAsync("/api/v1/namespaces/default/events/e")).Code == 404);
        var again = await server.PostAsync("/api/v1/namespaces/default/events", """{"metadata":{"name":"e"},"involvedObject":{"kind":"Pod","namespace":"default","name":"x"}}""");
        Assert.That(again.Code, Is.EqualTo(201), "a lost lease is replaced");
    }

    [Test]
    public async Task SharedLease_WithinAShare_IsOne()
    {
        var clock = new Clock();
        await using var store = new MemoryStore(clock);
        var leases = new SharedLease(store, clock, TimeSpan.FromHours(1), TimeSpan.FromMinutes(5));

        var first = await leases.GetAsync(CancellationToken.None);
        var second = await leases.GetAsync(CancellationToken.None);
        clock.Now += TimeSpan.FromMinutes(6);
        var third = await leases.GetAsync(CancellationToken.None);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(third, Is.Not.EqualTo(first));
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
