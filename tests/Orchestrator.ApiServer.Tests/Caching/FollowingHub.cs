using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.ApiServer.Caching;
using Orchestrator.ApiServer.Hosting;
using Orchestrator.ApiServer.Registry;
using Orchestrator.Storage;

namespace Orchestrator.ApiServer.Tests.Caching;

/// <summary>A hub that follows a store until it is disposed.</summary>
internal sealed class FollowingHub : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Task run;

    private FollowingHub(IReadOnlyList<ResourceDefinition> kinds, IKeyValueStore store, TimeProvider time)
    {
        Hub = new CacheHub(store, new ResourceRegistry(kinds), new ApiServerOptions { Listen = [] }, time, NullLogger<CacheHub>.Instance);
        run = Hub.RunAsync(stop.Token);
    }

    public CacheHub Hub { get; }

    public static Task<FollowingHub> StartAsync(ResourceDefinition kind, IKeyValueStore store, CancellationToken cancellationToken) =>
        StartAsync([kind], store, TimeProvider.System, cancellationToken);

    public static async Task<FollowingHub> StartAsync(
        IReadOnlyList<ResourceDefinition> kinds, IKeyValueStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        var following = new FollowingHub(kinds, store, time);
        await following.Hub.WaitUntilFilledAsync(cancellationToken);
        return following;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        stop.Dispose();
    }
}
