using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Api.Core.V1;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.ApiServer.Tests.Registry;
using Orchestrator.Storage;
using Orchestrator.Storage.Memory;

namespace Orchestrator.ApiServer.Tests.Caching;

public sealed class WatchSourceTests
{
    private static readonly ResourceDefinition Kind = ResourceDefinition.For<ConfigMap>();

    [Test, CancelAfter(30_000)]
    public async Task CatchUp_CacheLagsBehindTheStore_EachChangeComesOnce(CancellationToken cancellationToken)
    {
        await using var memory = new MemoryStore();
        await using var lagging = new StubbornStore(memory);
        using var stop = new CancellationTokenSource();
        var first = await PutAsync(memory, "a");
        await memory.CommitAsync(StoreTransaction.Create("/registry/other/b", new byte[] { 1 }), cancellationToken);
        var hub = new CacheHub(lagging, new ResourceRegistry([Kind]), new ApiServerOptions { Listen = [] }, TimeProvider.System, NullLogger<CacheHub>.Instance);
        var following = hub.RunAsync(stop.Token);
        await hub.WaitUntilFilledAsync(cancellationToken);
        // The log begins behind the filling, so this watcher has to read from the store. There, the next change after the first is one
        // that the log has not taken yet.
        lagging.HoldWatches();
        var ahead = new[] { await PutAsync(memory, "c"), await PutAsync(memory, "d") };
        var source = new WatchSource(memory, hub, Kind);
        Assert.That(source.TryStartBehind(first - 1), Is.False);

        var seen = new List<long>();
        long last = 0;
        await foreach (var change in source.CatchUpAsync(first - 1, cancellationToken))
        {
            seen.Add(change.Revision);
            if (change.Revision != ahead[^1])
                continue;
            lagging.ReleaseWatches();
            last = await PutAsync(memory, "e");
            await hub.WaitForAsync(last, TimeSpan.FromSeconds(10), cancellationToken);
        }

        while (source.TryRead(out var events) && events.Length > 0)
        {
            foreach (var change in events)
                seen.Add(change.Revision);
        }

        Assert.That(seen, Is.EqualTo(new[] { first, ahead[0], ahead[1], last }));
        await stop.CancelAsync();
        await following;
    }

    private static async Task<long> PutAsync(IKeyValueStore store, string name)
    {
        var json = $$$"""{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"{{{name}}}","namespace":"default"}}""";
        return (await store.CommitAsync(StoreTransaction.Create(Kind.Key("default", name), System.Text.Encoding.UTF8.GetBytes(json)), default)).Revision;
    }
}
